/** One installed plugin as it is loaded: its files, its room for data, the broker that answers it, its life if it has one. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import {
  type AnyMethod,
  type Capability,
  type ConfinedCaller,
  type Log,
  type PluginManifest,
  type PluginRow,
  type Principal,
  pluginManifestFile,
  schemaOf,
} from '@hearth/contract';
import { z } from 'zod';
import { type Audit, createAudit } from '../audit/audit.ts';
import { parseManifest } from './archive.ts';
import type { Carrier } from './carrier.ts';
import { createBroker } from './broker.ts';
import { errors } from './errors.ts';
import { effective, grantOf } from './grants.ts';
import { Life, type LifeLimits, type LifeNews } from './life.ts';
import { Operations } from './operations.ts';
import { openStorage } from './storage.ts';
import { createTimers, type Timers } from './timers.ts';
import { createVerbs, type VerbParts } from './verbs.ts';

export interface InstalledParts extends Omit<VerbParts, 'plugin' | 'manifest' | 'storage' | 'timers' | 'operations'> {
  readonly log: Log;
  /** Starts a process for it. */
  readonly carrier: (slot: number) => Carrier;
  readonly scale: number;
  readonly limits?: Partial<LifeLimits>;
  readonly row: () => PluginRow | undefined;
  readonly tell: (news: LifeNews) => void;
}

export interface LogLine {
  readonly time: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

const mostLines = 500;
const methodMs = 60_000;

export class Installed {
  readonly id: string;
  readonly folder: string;
  readonly manifest: PluginManifest;
  readonly methods: ReadonlyMap<string, AnyMethod>;
  /** By the path a browser asks for, beneath the folder of the panel. */
  readonly panelFiles: ReadonlyMap<string, string>;
  readonly audit: Audit;
  readonly lines: LogLine[] = [];
  readonly slot: number;
  /** On places for backups, under way. */
  readonly operations = new Operations();
  life: Life | null = null;
  readonly #parts: InstalledParts;
  readonly #timers: Timers;
  readonly #answer: (verb: string, input: unknown) => Promise<unknown>;

  private constructor(
    home: string,
    folder: string,
    manifest: PluginManifest,
    panelFiles: ReadonlyMap<string, string>,
    slot: number,
    parts: InstalledParts,
  ) {
    this.id = manifest.id;
    this.folder = folder;
    this.manifest = manifest;
    this.panelFiles = panelFiles;
    this.slot = slot;
    this.#parts = parts;
    this.audit = createAudit({ folder: home, log: parts.log, now: parts.now, fileBytes: 1 << 20, flush: false });
    this.#timers = createTimers((name) => this.life?.tell({ do: 'timer', name }));
    const storage = openStorage(join(home, 'storage'));
    const verbs = createVerbs({
      ...parts,
      plugin: this.id,
      manifest,
      storage,
      timers: this.#timers,
      operations: this.operations,
    });
    const { row, log } = parts;
    const broker = createBroker({ plugin: this.id, row, verbs, audit: this.audit, log });
    this.#answer = (verb, input) => broker.answer(verb, input);
    this.methods = new Map(
      Object.keys(manifest.methods ?? {}).map((name) => [`${this.id}.${name}`, this.#method(name)]),
    );
  }

  /** Reads what lies in `home/<rootSighash>`: proved when it was laid out, and only the kernel can write there. */
  static async load(home: string, rootSighash: string, slot: number, parts: InstalledParts): Promise<Installed> {
    const folder = join(home, rootSighash);
    const manifest = parseManifest(await readFile(join(folder, pluginManifestFile), 'utf8'));
    await mkdir(home, { recursive: true, mode: 0o700 });
    return new Installed(home, folder, manifest, await panelFilesOf(folder, manifest), slot, parts);
  }

  get capabilities(): readonly Capability[] {
    const row = this.#parts.row();
    return row === undefined ? [] : effective(row);
  }

  begin(): void {
    if (this.life !== null) return;
    const { log, carrier, scale, state, limits } = this.#parts;
    this.life = new Life({
      plugin: this.id,
      carrier: () => carrier(this.slot),
      log,
      scale,
      begin: async () => ({
        script: await readFile(join(this.folder, this.manifest.entry), 'utf8'),
        start: {
          plugin: this.id,
          version: this.manifest.version,
          state: this.manifest.state === undefined ? null : (state.read()[this.id] ?? this.manifest.state.initial),
          granted: this.capabilities.map(({ capability }) => capability),
        },
      }),
      answer: this.#answer,
      say: (level, message) => this.#keep({ time: this.#parts.now(), level, message }),
      tell: (news) => {
        if (news.state !== 'running' && news.state !== 'starting') {
          this.#timers.clearAll();
          this.#keep({ time: this.#parts.now(), level: 'error', message: `The plugin ended: ${news.reason}` });
        }
        this.#parts.tell(news);
      },
      ...(limits !== undefined && { limits }),
    });
  }

  async end(): Promise<void> {
    const { life } = this;
    this.life = null;
    this.#timers.clearAll();
    await life?.end();
  }

  /** Of an event somebody announced, if that was granted. */
  hear(event: string, value: unknown): void {
    const grant = grantOf(this.#parts.row() ?? { asked: [], granted: [] }, 'events.listen');
    if (grant?.events.includes(event) === true) this.life?.tell({ do: 'event', name: event, value });
  }

  #method(name: string): AnyMethod {
    const declared = this.manifest.methods?.[name];
    if (declared === undefined) throw new Error(`the manifest has no method "${name}"`);
    const { about, allow, input, output } = declared;
    const answered = output === undefined ? z.json() : schemaOf(output);
    return {
      name: `${this.id}.${name}`,
      about,
      allow,
      input: input === undefined ? z.strictObject({}) : schemaOf(input),
      // What is no answer is the fault of the plugin, not of the server.
      output: z.unknown(),
      deadlineMs: methodMs,
      run: async (given, { principal, signal }) => {
        const { life } = this;
        if (life === null) throw errors.notRunning({ plugin: this.id, reason: 'it is off' });
        const value = await life.method(name, given, callerOf(principal), signal);
        const parsed = answered.safeParse(value);
        if (parsed.success) return parsed.data;
        throw errors.oddAnswer({ plugin: this.id, reason: parsed.error.issues[0]?.message ?? 'Invalid' });
      },
    };
  }

  #keep(line: LogLine): void {
    this.lines.push(line);
    if (this.lines.length > mostLines) this.lines.splice(0, this.lines.length - mostLines);
    this.#parts.log.debug({ plugin: this.id, said: line.message }, 'a plugin says');
  }
}

/** A role is all a plugin learns of who calls. */
function callerOf(principal: Principal): ConfinedCaller {
  return principal.kind === 'user' ? { kind: 'user', role: principal.role } : { kind: 'root', role: 'owner' };
}

async function panelFilesOf(folder: string, manifest: PluginManifest): Promise<ReadonlyMap<string, string>> {
  if (manifest.panel === undefined) return new Map();
  const root = join(folder, dirname(manifest.panel.file));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.map((file) => [relative(folder, file), file]));
}
