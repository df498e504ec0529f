/** A service for tests of jobs: no images, only a script that keeps a ledger of what happened to it. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRow, ServiceRow } from '@hearth/contract';
import { generateKey } from '@hearth/s9pk';
import { packPackage } from '@hearth/sdk/pack';
import type { Box } from './box.ts';

const minute = 60_000;

export interface LedgerOptions {
  readonly id?: string;
  readonly version: string;
  /** Statements of the script; `effects`, `fs` and `root`, the folder of its volume, are in reach. */
  readonly onInstall?: string;
  readonly onUpdate?: string;
  readonly onMain?: string;
  readonly onExit?: string;
  /** What its check says, or statements that tell it. */
  readonly health?: string;
  /** Services it needs running. */
  readonly needs?: readonly string[];
  readonly manifest?: object;
}

export class Ledgers {
  readonly #box: Box;
  readonly #key = generateKey();
  readonly #packed = new Map<string, string>();

  constructor(box: Box) {
    this.#box = box;
  }

  /** The archive's path; the same options are packed once. */
  async pack(options: LedgerOptions): Promise<string> {
    const text = JSON.stringify(options);
    const known = this.#packed.get(text);
    if (known !== undefined) return known;
    const folder = join(this.#box.scratch, `recipe-${this.#packed.size}`);
    const output = join(this.#box.scratch, `ledger-${this.#packed.size}.s9pk`);
    this.#packed.set(text, output);
    const { id, manifest, code } = scriptOf(options);
    mkdirSync(join(folder, 'script'), { recursive: true });
    writeFileSync(join(folder, 'script/index.js'), code);
    writeFileSync(join(folder, 'script/manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'recipe.json'), JSON.stringify({ id, images: {} }));
    writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    for (const name of ['LICENSE.md', 'instructions.md']) writeFileSync(join(folder, name), 'MIT');
    await packPackage({ recipe: folder, output, key: this.#key, cache: join(this.#box.scratch, 'cache') });
    return output;
  }

  /** Hands the archive over as an upload does, and begins. Answers the job. */
  async sideload(options: LedgerOptions): Promise<string> {
    const upload = randomBytes(16).toString('hex');
    const staging = join(this.#box.config.data, 'staging');
    const folder = join(staging, 'uploads');
    mkdirSync(folder, { recursive: true });
    copyFileSync(await this.pack(options), join(folder, upload));
    // Whose the staging folder is, the kernel is.
    const { uid, gid } = statSync(staging);
    for (const path of [folder, join(folder, upload)]) chownSync(path, uid, gid);
    return (await this.#box.call<{ job: string }>('package.sideload', { upload })).job;
  }

  /** Sideloads, expects success, and waits until it runs. */
  async put(options: LedgerOptions): Promise<ServiceRow> {
    const id = options.id ?? 'ledger';
    const job = await this.finished(await this.sideload(options));
    if (job.state !== 'succeeded') throw new Error(`${job.title}: ${JSON.stringify(job.error)}`);
    await this.#box.call('package.start', { id, withDependencies: true });
    return this.running(options.version, id);
  }

  /** Also over a kernel that is away for a while. */
  async finished(job: string): Promise<JobRow> {
    const end = Date.now() + 3 * minute;
    for (;;) {
      const row = await this.#box.call<JobRow>('job.wait', { job, waitMs: 5000 }).catch(() => null);
      if (row !== null && row.finishedAt !== null) return row;
      if (Date.now() > end) throw new Error(`The job does not end: ${JSON.stringify(row)}`);
      await sleep(100);
    }
  }

  async rows(): Promise<readonly ServiceRow[] | null> {
    return this.#box.call<ServiceRow[]>('package.list').catch(() => null);
  }

  async running(version: string, id = 'ledger'): Promise<ServiceRow> {
    const end = Date.now() + 2 * minute;
    for (;;) {
      const row = (await this.rows())?.find((each) => each.id === id);
      if (row?.status.actual === 'running' && row.manifest.version === version) return row;
      if (Date.now() > end) throw new Error(`Version ${version} does not run: ${JSON.stringify(row?.status)}`);
      await sleep(100);
    }
  }

  /** No job is under way, and every service is where it is wanted. */
  async atRest(): Promise<void> {
    const end = Date.now() + 2 * minute;
    for (;;) {
      const found = await this.#box.call<JobRow[]>('job.list').catch(() => null);
      const rows = await this.rows();
      const busy = found?.filter(({ finishedAt }) => finishedAt === null) ?? [];
      const moving = rows?.filter(({ status: { actual, desired } }) => actual !== desired && actual !== 'failed') ?? [];
      if (found !== null && rows !== null && busy.length === 0 && moving.length === 0) return;
      if (Date.now() > end) throw new Error(`Not at rest: ${JSON.stringify({ busy, moving })}`);
      await sleep(100);
    }
  }

  /** Names, kinds, owners, modes, times, links and contents of what a service keeps; '' when it keeps nothing. */
  fingerprint(id = 'ledger'): string {
    const cwd = join(this.#box.config.data, 'engine/volumes', id);
    if (!existsSync(cwd)) return '';
    // The time of the topmost folder is that of its last rename.
    const list = execFileSync('find', ['.', '-mindepth', '1', '-printf', '%P %y %U:%G %m %s %T@ %l\\n'], { cwd });
    const sums = execFileSync('sh', ['-c', 'find . -type f -print0 | sort -z | xargs -0r sha256sum'], { cwd });
    return [...list.toString().split('\n').sort(), sums.toString()].join('\n');
  }
}

/** Of the running server. */
export function processOf(box: Box, name: 'kernel' | 'engine'): number {
  const pid = box.pids(`${box.config.data}/runtime/`).find((each) => commandOf(each).includes(`${name}.mjs`));
  if (pid === undefined) throw new Error(`The ${name} does not run`);
  return pid;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function scriptOf({
  id = 'ledger',
  version,
  onInstall,
  onUpdate,
  onMain,
  onExit,
  health,
  needs,
  manifest: more,
}: LedgerOptions) {
  const manifest = {
    id,
    title: id.charAt(0).toUpperCase() + id.slice(1),
    version,
    canMigrateTo: '!',
    canMigrateFrom: '*',
    description: { short: 'Keeps a ledger', long: 'Keeps a ledger of itself' },
    releaseNotes: '',
    license: 'MIT',
    upstreamRepo: 'https://example.com/',
    images: {},
    volumes: ['main'],
    ...more,
  };
  const dependencies = (needs ?? []).map((need) => ({
    kind: 'running',
    id: need,
    healthChecks: [],
    versionRange: '*',
  }));
  const check = (result: string) =>
    `effects.setHealth({ id: 'book', name: 'Book', result: '${result}', message: 'by ${version}' })`;
  const code = `
    const fs = require('fs/promises');
    const root = '/media/startos/volumes/main';
    exports.manifest = ${JSON.stringify(manifest)};
    exports.init = async ({ effects, kind }) => {
      await effects.setDependencies({ dependencies: ${JSON.stringify(dependencies)} });
      if (kind === 'install') {
        await fs.writeFile(root + '/book', 'opened by ${version}\\n');
        await effects.setDataVersion({ version: '${version}' });
        ${onInstall ?? ''}
      }
      if (kind === 'restore') await fs.copyFile('/media/startos/backup/book', root + '/book');
      if (kind === 'update') { ${onUpdate ?? ''} }
    };
    exports.uninit = async ({ effects, target }) => { ${onExit ?? ''} };
    exports.main = async ({ effects }) => {
      ${onMain ?? ''}
      ${health?.includes(';') === true ? health : `await ${check(health ?? 'success')};`}
      return { term: async () => {} };
    };
    exports.createBackup = async () => fs.copyFile(root + '/book', '/media/startos/backup/book');
  `;
  return { id, manifest, code };
}
