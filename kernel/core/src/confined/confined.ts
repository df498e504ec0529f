/**
 * The confined plugins of this server: what is installed, what each was granted, and the lives of those that are on.
 * Changes of what is installed come one after the other.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupTargets,
  compareCapabilities,
  type Jobs,
  listenable,
  type Network,
  type PluginRow,
  pluginsSlice,
  type PluginStatus,
  pluginStateSlice,
  pluginStatusSlice,
  type Server,
  sentenceOf,
  type Services,
  type Slice,
} from '@hearth/contract';
import type { KernelParts } from '../parts.ts';
import { type PluginArchive, withPluginArchive } from './archive.ts';
import { type Carrier, childCarrier, engineCarrier } from './carrier.ts';
import { mayConfine } from './command.ts';
import { errors } from './errors.ts';
import { keepToSigner, layOut, sweep } from './folders.ts';
import { takeBackAddresses } from './given.ts';
import { Offers } from './offers.ts';
import { grantedAnew, grantOf, missing } from './grants.ts';
import { Installed } from './installed.ts';
import type { LifeLimits, LifeNews } from './life.ts';
import { createJobsUnderWay } from './plugin-jobs.ts';
import type { FetchParts } from './fetch.ts';

export interface ConfinedParts extends KernelParts {
  readonly jobs: Jobs;
  readonly services: Services;
  readonly network: () => Network | null;
  readonly targets: () => BackupTargets | null;
  readonly server: Pick<Server, 'read'>;
  /** Names of parts and first words of methods that are there without any confined plugin. */
  readonly taken: () => ReadonlySet<string>;
  readonly limits?: Partial<LifeLimits>;
  readonly fetch?: FetchParts;
}

const mostPlugins = 32;

export class Confined {
  readonly rows: Slice<Record<string, PluginRow>>;
  readonly status: Slice<Record<string, PluginStatus>>;
  readonly #state: Slice<Record<string, Record<string, unknown>>>;
  readonly #parts: ConfinedParts;
  readonly #loaded = new Map<string, Installed>();
  readonly #underWay: ReturnType<typeof createJobsUnderWay>;
  readonly #offers: Offers;
  #queue: Promise<unknown> = Promise.resolve();
  #open = false;

  constructor(parts: ConfinedParts) {
    this.#parts = parts;
    this.rows = parts.store.slice({ name: 'plugins', schema: pluginsSlice, initial: {} });
    this.status = parts.store.slice({ name: 'pluginStatus', schema: pluginStatusSlice, initial: {}, volatile: true });
    this.#state = parts.store.slice({ name: 'pluginState', schema: pluginStateSlice, initial: {} });
    this.#offers = new Offers(parts.targets);
    this.#underWay = createJobsUnderWay({
      titleOf: (plugin, name) => {
        const manifest = this.#loaded.get(plugin)?.manifest;
        return `${manifest?.title ?? plugin}: ${manifest?.jobs?.[name]?.title ?? name}`;
      },
      carryOut: async ({ plugin, name, input }, job, signal) => {
        const row = this.row(plugin);
        const life = this.#loaded.get(plugin)?.life;
        if (row === undefined || life == null || grantOf(row, 'jobs') === undefined)
          throw errors.notRunning({ plugin, reason: 'it is off' });
        await life.job(name, input, job, signal);
      },
    });
  }

  /** Nothing runs yet: what lies there is read, what no row names is removed. */
  async start(): Promise<void> {
    this.#parts.jobs.define(this.#underWay.definition);
    for (const row of Object.values(this.rows.read())) await this.#load(row);
    await this.#sweep();
  }

  /** Returns the undo of its listeners. */
  ready(): (() => void)[] {
    this.#open = true;
    const { events } = this.#parts;
    for (const { id } of this.#loaded.values()) this.#settle(id);
    return [
      ...listenable.options.map((name) => events.on(name, (value) => this.#announce(name, value))),
      events.on('plugin.event', ({ plugin, name, value }) => this.#announce(`${plugin}/${name}`, value)),
    ];
  }

  async stop(): Promise<void> {
    this.#open = false;
    await Promise.all([...this.#loaded.values()].map((each) => each.end()));
  }

  /** Undefined for what is not installed, whatever it is called. */
  row(id: string): PluginRow | undefined {
    const rows = this.rows.read();
    return Object.hasOwn(rows, id) ? rows[id] : undefined;
  }

  find(id: string): Installed {
    const found = this.#loaded.get(id);
    if (found === undefined) throw errors.unknown({ plugin: id });
    return found;
  }

  get all(): ReadonlyMap<string, Installed> {
    return this.#loaded;
  }

  /** What installing this archive would do. */
  look(archive: PluginArchive) {
    const { manifest, signer, rootSighash } = archive;
    const row = this.row(manifest.id);
    const changes = compareCapabilities(row?.granted ?? [], manifest.capabilities);
    const refusal = this.#refusalOf(archive, row);
    return { manifest, signer, rootSighash, from: row?.version ?? null, changes, refusal };
  }

  /** `grant`: what the owner allows of what is asked, by name; what was granted before stays, as far as it is still asked. */
  install(file: string, expect: string | undefined, grant: readonly string[]): Promise<{ id: string; rev: number }> {
    return this.#inTurn(() =>
      withPluginArchive(file, async (archive) => {
        const { manifest, signer, rootSighash } = archive;
        const former = this.row(manifest.id);
        if (expect !== undefined && expect !== rootSighash) throw errors.changed({ plugin: manifest.id });
        const refusal = this.#refusalOf(archive, former);
        if (refusal !== null) throw refusal;
        const granted = grantedAnew(manifest, former, grant);
        const home = this.#home(manifest.id);
        await keepToSigner(home, signer);
        await layOut(archive, home);
        this.#offers.takeBack(this.#loaded.get(manifest.id), 'its plugin is being changed', true);
        await this.#loaded.get(manifest.id)?.end();
        const rev = await this.rows.commit('plugin.install', (rows) => {
          const { id, title, version, about, author = null, capabilities, panel, methods = {} } = manifest;
          rows[id] = {
            ...{ id, title, version, about, author, signer, rootSighash, granted },
            installedAt: this.#parts.clock.now(),
            enabled: former?.enabled ?? true,
            asked: capabilities,
            panel: panel ?? null,
            methods: Object.entries(methods).map(([name, { about: what, allow }]) => ({ name, about: what, allow })),
          };
        });
        await this.#replaceState(manifest.id, manifest.state?.initial, former === undefined);
        const row = this.row(manifest.id);
        if (row !== undefined) await this.#load(row);
        this.#settle(manifest.id);
        await this.#sweep();
        return { id: manifest.id, rev };
      }),
    );
  }

  /** Exactly these, of what it asks for. */
  grant(id: string, names: readonly string[]): Promise<number> {
    return this.#inTurn(async () => {
      const { asked } = this.#mustBe(id);
      const odd = names.find((name) => !asked.some(({ capability }) => capability === name));
      if (odd !== undefined) throw errors.notAsked({ plugin: id, capability: odd });
      return this.#change(id, 'plugin.grant', (row) => {
        row.granted = asked.filter(({ capability }) => names.includes(capability));
      });
    });
  }

  enable(id: string, enabled: boolean): Promise<number> {
    return this.#inTurn(() =>
      this.#change(id, enabled ? 'plugin.enable' : 'plugin.disable', (row) => {
        row.enabled = enabled;
      }),
    );
  }

  remove(id: string, keepData: boolean): Promise<number> {
    return this.#inTurn(async () => {
      this.#mustBe(id);
      const installed = this.#loaded.get(id);
      this.#offers.takeBack(installed, 'its plugin was removed');
      await installed?.end();
      this.#loaded.delete(id);
      takeBackAddresses(this.#parts, id);
      this.#forgetTold(id);
      const drop = (draft: Record<string, unknown>): void => {
        delete draft[id];
      };
      await this.#state.commit('plugin.remove', drop);
      await this.status.commit('plugin.remove', drop);
      const rev = await this.rows.commit('plugin.remove', drop);
      if (keepData) await this.#sweep();
      else await rm(this.#home(id), { recursive: true, force: true });
      return rev;
    });
  }

  async #change(id: string, reason: string, change: (row: PluginRow) => void): Promise<number> {
    this.#mustBe(id);
    const rev = await this.rows.commit(reason, (rows) => {
      const row = rows[id];
      if (row !== undefined) change(row);
    });
    // Begun anew: a plugin reads what it was granted when it starts.
    this.#offers.takeBack(this.#loaded.get(id), 'its plugin was changed');
    await this.#loaded.get(id)?.end();
    this.#settle(id);
    return rev;
  }

  #mustBe(id: string): PluginRow {
    const row = this.row(id);
    if (row === undefined) throw errors.unknown({ plugin: id });
    return row;
  }

  #refusalOf({ manifest, signer }: PluginArchive, former: PluginRow | undefined) {
    const plugin = manifest.id;
    if (former !== undefined) return former.signer === signer ? null : errors.otherSigner({ plugin });
    if (this.#parts.taken().has(plugin)) return errors.idTaken({ plugin });
    return this.#loaded.size >= mostPlugins ? errors.tooMany({ plugin, limit: mostPlugins }) : null;
  }

  /** What it showed stays over an update while the new shape has room for it; its `start` may change it. */
  async #replaceState(id: string, initial: Record<string, unknown> | undefined, fresh: boolean): Promise<void> {
    await this.#state.commit('plugin.install', (draft) => {
      if (initial === undefined) delete draft[id];
      else if (fresh || !Object.hasOwn(draft, id)) draft[id] = initial;
    });
  }

  async #load(row: PluginRow): Promise<void> {
    const { id } = row;
    const { jobs, services, network, events, clock, log, config, server, limits, fetch } = this.#parts;
    const slot = this.#loaded.get(id)?.slot ?? this.#freeSlot();
    try {
      const installed = await Installed.load(this.#home(id), row.rootSighash, slot, {
        ...{ jobs, services, network, events, log, state: this.#state, status: this.status, underWay: this.#underWay },
        server: () => server.read(),
        now: () => clock.now(),
        carrier: (of) => this.#carrier(of),
        scale: config.deadlineScale,
        row: () => this.row(id),
        tell: (news) => this.#tell(id, news),
        ...(limits !== undefined && { limits }),
        ...(fetch !== undefined && { fetch }),
      });
      this.#loaded.set(id, installed);
    } catch (error) {
      log.error({ plugin: id, err: error }, 'a plugin cannot be loaded');
      this.#tell(id, { state: 'failed', reason: 'Its files cannot be read', crashes: 0 });
    }
  }

  /** Runs it if it is to run, and says why if it does not. */
  #settle(id: string): void {
    const row = this.row(id);
    const installed = this.#loaded.get(id);
    if (!this.#open || row === undefined || installed === undefined) return;
    const wanting = missing(row);
    if (!row.enabled) return this.#tell(id, { state: 'off', reason: '', crashes: 0 });
    if (wanting.length > 0) {
      const reason = `It needs what you have not allowed: ${wanting.map(sentenceOf).join('; ')}`.slice(0, 500);
      return this.#tell(id, { state: 'waiting', reason, crashes: 0 });
    }
    installed.begin();
  }

  #tell(id: string, { state, reason, crashes }: Omit<LifeNews, 'state'> & { state: PluginStatus['state'] }): void {
    const since = this.#parts.clock.now();
    const still = state !== 'off' && state !== 'waiting';
    if (state !== 'running') takeBackAddresses(this.#parts, id);
    this.#offers.settle(this.#loaded.get(id), this.row(id), { state, reason });
    if (!still) this.#forgetTold(id);
    void this.status
      .commit('plugin.status', (draft) => {
        draft[id] = {
          state,
          reason: reason.slice(0, 500),
          since,
          crashes,
          checks: still ? (draft[id]?.checks ?? {}) : {},
        };
      })
      .catch((error: unknown) => this.#parts.log.error({ plugin: id, err: error }, 'a status was lost'));
  }

  /** What it said of itself no longer holds; once it runs it says it anew. */
  #forgetTold(id: string): void {
    for (const [check, { name }] of Object.entries(this.status.read()[id]?.checks ?? {}))
      this.#parts.events.emit('plugin.health', { plugin: id, check, name, after: null, message: null });
  }

  #announce(name: string, value: unknown): void {
    for (const each of this.#loaded.values()) each.hear(name, value);
  }

  #carrier(slot: number): Carrier {
    const { engine, places } = this.#parts;
    return mayConfine() ? childCarrier({ runtime: places.runtime, slot }) : engineCarrier(engine, places.run, slot);
  }

  #freeSlot(): number {
    const used = new Set([...this.#loaded.values()].map(({ slot }) => slot));
    for (let slot = 0; ; slot++) if (!used.has(slot)) return slot;
  }

  #sweep(): Promise<void> {
    return sweep(this.#folder, (id) => this.row(id)?.rootSighash);
  }

  #home(id: string): string {
    return join(this.#folder, id);
  }

  get #folder(): string {
    return join(this.#parts.places.data, 'kernel/confined');
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(work);
    this.#queue = mine.catch(() => undefined);
    return mine;
  }
}
