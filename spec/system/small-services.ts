/** Services of a few lines for system tests: packed, handed over as an upload, and waited for. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActualState, JobRow, ServiceRow } from '@hearth/contract';
import { packPackage } from '@hearth/sdk/pack';
import { generateKey } from '@hearth/s9pk';
import type { Box } from './box.ts';
import { makeImage } from './package-image.ts';

const patienceMs = 180_000;

export interface SmallService {
  readonly id: string;
  readonly version?: string;
  /** Of its script; what it does not export is harmless. `fs`, `root` (its volume) and `daemon(effects, argv)` are there. */
  readonly code?: string;
  /** Laid over the usual manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Has an image of this machine's own programs. */
  readonly image?: boolean;
}

const prelude = `
  const fs = require('fs/promises');
  const { spawn } = require('child_process');
  const root = '/media/startos/volumes/main';
  const running = [];
  const end = async () => { for (const stop of running.splice(0)) await stop(); };
  const place = async (effects) => {
    const [path, guid] = await effects.subcontainer.createFs({ imageId: 'main', name: 'main' });
    return { path, guid };
  };
  const daemon = async (effects, argv, prepare) => {
    const { path, guid } = await place(effects);
    if (prepare !== undefined) await prepare(path);
    const leader = spawn('start-container', ['subcontainer', 'launch', path], { stdio: 'ignore' });
    const program = spawn('start-container', ['subcontainer', 'exec', path, ...argv], { stdio: 'inherit' });
    const gone = new Promise((resolve) => program.on('exit', resolve));
    running.push(async () => {
      program.kill('SIGKILL');
      await gone;
      leader.kill('SIGTERM');
      await new Promise((resolve) => leader.on('exit', resolve));
      await effects.subcontainer.destroyFs({ guid });
    });
  };
  exports.init = async () => {};
  exports.uninit = async () => {};
  exports.main = async () => ({ term: end });
  exports.createBackup = async () => {};
  exports.actions = { get: () => undefined };
`;

export class SmallServices {
  readonly #box: Box;
  readonly #key = generateKey();
  #rootfs: string | null = null;

  constructor(box: Box) {
    this.#box = box;
  }

  /** @returns the path of the archive */
  async pack({
    id,
    version = '1.0.0:0',
    code = '',
    manifest: more = {},
    image = false,
  }: SmallService): Promise<string> {
    const folder = join(this.#box.scratch, `recipe-${id}-${version.replaceAll(/\W/g, '-')}`);
    mkdirSync(join(folder, 'script'), { recursive: true });
    const manifest = {
      id,
      title: id.charAt(0).toUpperCase() + id.slice(1),
      version,
      canMigrateTo: '!',
      canMigrateFrom: '*',
      description: { short: 'A test', long: 'A test' },
      releaseNotes: '',
      license: 'MIT',
      upstreamRepo: 'https://example.com/',
      images: image ? { main: { source: 'packed', arch: ['x86_64'], emulateMissingAs: null } } : {},
      volumes: ['main'],
      ...more,
    };
    writeFileSync(
      join(folder, 'script/index.js'),
      `${prelude}\nexports.manifest = ${JSON.stringify(manifest)};\n${code}`,
    );
    writeFileSync(join(folder, 'script/manifest.json'), JSON.stringify(manifest));
    const images = image ? { main: { source: { rootfs: 'rootfs.tar' }, env: { PATH: '/bin' } } } : {};
    if (image) copyFileSync(this.#image(), join(folder, 'rootfs.tar'));
    writeFileSync(join(folder, 'recipe.json'), JSON.stringify({ id, images }));
    writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    for (const name of ['LICENSE.md', 'instructions.md']) writeFileSync(join(folder, name), 'MIT');
    const output = `${folder}.s9pk`;
    await packPackage({ recipe: folder, output, key: this.#key, cache: join(this.#box.scratch, 'cache') });
    return output;
  }

  /** Hands an archive over as an upload does. @returns its upload id */
  upload(file: string): string {
    const upload = randomBytes(16).toString('hex');
    const staging = join(this.#box.config.data, 'staging');
    const folder = join(staging, 'uploads');
    mkdirSync(folder, { recursive: true });
    copyFileSync(file, join(folder, upload));
    // Whose the staging folder is, the kernel is.
    const { uid, gid } = statSync(staging);
    for (const path of [folder, join(folder, upload)]) chownSync(path, uid, gid);
    return upload;
  }

  /** Stopped afterwards, if it is new. */
  async install(service: SmallService): Promise<ServiceRow> {
    const upload = this.upload(await this.pack(service));
    const { job } = await this.#box.call<{ job: string }>('package.sideload', { upload });
    const row = await this.finished(job);
    if (row.state !== 'succeeded') throw new Error(`${service.id} was not installed: ${JSON.stringify(row.error)}`);
    return this.row(service.id);
  }

  async finished(job: string): Promise<JobRow> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const row = await this.#box.call<JobRow>('job.wait', { job, waitMs: 5000 }).catch(() => null);
      if (row !== null && row.finishedAt !== null) return row;
      if (Date.now() > end) throw new Error(`The job does not end: ${JSON.stringify(row)}`);
      if (row === null) await sleep(200);
    }
  }

  async row(id: string): Promise<ServiceRow> {
    const rows = await this.#box.call<ServiceRow[]>('package.list');
    const row = rows.find((each) => each.id === id);
    if (row === undefined) throw new Error(`There is no service "${id}"`);
    return row;
  }

  /** What a slice says of a service. */
  async told(slice: string, id: string): Promise<any> {
    const { value } = await this.#box.call('db.dump', { pointer: `/${slice}` });
    return value[id] ?? {};
  }

  /** Waits for a state; looks also while the kernel is away. */
  async until(id: string, actual: ActualState): Promise<ServiceRow> {
    let last: ServiceRow | null = null;
    return waited(
      async () => {
        last = await this.row(id).catch(() => null);
        return last?.status.actual === actual ? last : null;
      },
      () => `${id} to be ${actual}; it is ${JSON.stringify(last?.status)}`,
    );
  }

  #image(): string {
    if (this.#rootfs === null) {
      const folder = join(this.#box.scratch, 'rootfs');
      makeImage(folder);
      this.#rootfs = `${folder}.tar`;
      execFileSync('tar', ['-C', folder, '--numeric-owner', '-cf', this.#rootfs, '.']);
    }
    return this.#rootfs;
  }

  /** Of a service, on this machine. */
  volume(id: string): string {
    return join(this.#box.config.data, 'engine/volumes', id, 'data/main');
  }

  hasContainer(id: string): boolean {
    const { lxcPath, containerPrefix } = this.#box.config;
    if (!existsSync(lxcPath)) return false;
    const names = execFileSync('lxc-ls', ['-1', '-P', lxcPath, '--running'], { encoding: 'utf8' }).split('\n');
    return names.map((name) => name.trim()).includes(`${containerPrefix}${id}`);
  }
}

/** Looks until there is something; says at the end what was waited for. */
export async function waited<T>(
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  what: () => string,
  limitMs = patienceMs,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what()}`);
    await sleep(100);
  }
}
