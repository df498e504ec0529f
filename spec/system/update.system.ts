/**
 * Updates on a real server with real containers: whatever is wrong with the new version, the old one comes back with its
 * data as it was, byte for byte; and a good one takes over.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JobRow, ServiceRow } from '@hearth/contract';
import { generateKey } from '@hearth/s9pk';
import { packPackage } from '@hearth/sdk/pack';
import { type Box, makeBox } from './box.ts';

const minute = 60_000;
const key = generateKey();
let box: Box;

const data = () => join(box.config.data, 'engine/volumes/ledger');
const snapshots = () => join(box.config.data, 'engine/snapshots/ledger');

/** A package without images: its script alone keeps a ledger of its own starts and updates. */
async function pack(version: string, onUpdate: string, health = 'success'): Promise<string> {
  const folder = join(box.scratch, `recipe-${version}`);
  mkdirSync(join(folder, 'script'), { recursive: true });
  const manifest = {
    id: 'ledger',
    title: 'Ledger',
    version,
    canMigrateTo: '!',
    canMigrateFrom: '*',
    description: { short: 'Keeps a ledger', long: 'Keeps a ledger of itself' },
    releaseNotes: '',
    license: 'MIT',
    upstreamRepo: 'https://example.com/',
    images: {},
    volumes: ['main'],
  };
  const code = `
    const fs = require('fs/promises');
    const root = '/media/startos/volumes/main';
    exports.manifest = ${JSON.stringify(manifest)};
    exports.init = async ({ effects, kind }) => {
      if (kind === 'install') {
        await fs.writeFile(root + '/book', 'opened by ${version}\\n');
        await effects.setDataVersion({ version: '${version}' });
      }
      if (kind === 'update') { ${onUpdate} }
    };
    exports.uninit = async () => {};
    exports.main = async ({ effects }) => {
      await effects.setHealth({ id: 'book', name: 'Book', result: '${health}', message: 'by ${version}' });
      return { term: async () => {} };
    };
    exports.createBackup = async () => {};
  `;
  writeFileSync(join(folder, 'script/index.js'), code);
  writeFileSync(join(folder, 'script/manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify({ id: 'ledger', images: {} }));
  writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  for (const name of ['LICENSE.md', 'instructions.md']) writeFileSync(join(folder, name), 'MIT');
  const output = join(box.scratch, `ledger-${version}.s9pk`);
  await packPackage({ recipe: folder, output, key, cache: join(box.scratch, 'cache') });
  return output;
}

/** Hands the archive over as an upload does, and begins. */
async function sideload(file: string): Promise<string> {
  const upload = randomBytes(16).toString('hex');
  const staging = join(box.config.data, 'staging');
  const folder = join(staging, 'uploads');
  mkdirSync(folder, { recursive: true });
  copyFileSync(file, join(folder, upload));
  // Whose the staging folder is, the kernel is.
  const { uid, gid } = statSync(staging);
  for (const path of [folder, join(folder, upload)]) chownSync(path, uid, gid);
  return (await box.call<{ job: string }>('package.sideload', { upload })).job;
}

async function finished(job: string): Promise<JobRow> {
  const end = Date.now() + 3 * minute;
  for (;;) {
    const row = await box.call<JobRow>('job.wait', { job, waitMs: 5000 }).catch(() => null);
    if (row !== null && row.finishedAt !== null) return row;
    if (Date.now() > end) throw new Error(`The job does not end: ${JSON.stringify(row)}`);
    await sleep(200);
  }
}

async function running(version: string): Promise<ServiceRow> {
  const end = Date.now() + minute;
  for (;;) {
    const rows = await box.call<ServiceRow[]>('package.list').catch(() => []);
    const row = rows.find(({ id }) => id === 'ledger');
    if (row?.status.actual === 'running' && row.manifest.version === version) return row;
    if (Date.now() > end) throw new Error(`Version ${version} does not run: ${JSON.stringify(row?.status)}`);
    await sleep(200);
  }
}

/** Names, kinds, owners, modes, times, links and contents. */
function fingerprint(): string {
  const list = execFileSync('find', ['.', '-printf', '%P %y %U:%G %m %s %T@ %l\\n'], { cwd: data() }).toString();
  const sums = execFileSync('sh', ['-c', 'find . -type f -print0 | sort -z | xargs -0r sha256sum'], { cwd: data() });
  return [...list.split('\n').sort(), sums.toString()].join('\n');
}

const spoil = `
  await effects.setDataVersion({ version: 'spoilt' });
  await fs.writeFile(root + '/book', 'spoilt');
  await fs.writeFile(root + '/new', 'left behind');
  await fs.unlink(root + '/kept');
`;

function nothingLeft(): void {
  expect(existsSync(snapshots()) ? readdirSync(snapshots()) : []).toEqual([]);
  expect(readdirSync(join(box.config.data, 'packages/ledger'))).toHaveLength(1);
  expect(readdirSync(join(box.config.data, 'engine/images/ledger'))).toHaveLength(1);
}

beforeAll(async () => {
  box = await makeBox();
  mkdirSync(box.config.data, { recursive: true });
  writeFileSync(join(box.config.data, 'config.json'), JSON.stringify({ deadlineScale: 0.2 }), { mode: 0o644 });
  await box.start();
  expect((await finished(await sideload(await pack('1.0.0:0', '')))).state).toBe('succeeded');
  await box.call('package.start', { id: 'ledger' });
  await running('1.0.0:0');
  const main = join(data(), 'data/main');
  writeFileSync(join(main, 'kept'), randomBytes(100_000));
  execFileSync('sh', ['-c', 'mkdir -m 2750 deep; chown 990:991 deep; ln -s ../kept deep/link'], { cwd: main });
}, 5 * minute);
afterAll(async () => {
  await box.close();
}, 3 * minute);

test(
  'a migration that fails: the old version runs on its own data, and the owner is told why',
  async () => {
    const before = fingerprint();
    const file = await pack('2.0.0:0', `${spoil} throw new Error('the book has a torn page');`);
    const job = await finished(await sideload(file));
    expect(job).toMatchObject({ kind: 'package.update', state: 'failed', step: 'migrate' });
    expect(job.error?.message).toContain('the book has a torn page');
    expect(job.error?.data).not.toHaveProperty('leftBehind');
    const row = await running('1.0.0:0');
    expect(row).toMatchObject({ job: null, error: null });
    expect(fingerprint()).toBe(before);
    nothingLeft();
    const told = await box.call('notification.list');
    expect(JSON.stringify(told)).toContain('the book has a torn page');
  },
  3 * minute,
);

test(
  'a version that never gets healthy: the same',
  async () => {
    const before = fingerprint();
    const job = await finished(await sideload(await pack('2.0.0:1', spoil, 'failure')));
    expect(job).toMatchObject({ state: 'failed', step: 'prove', error: { code: 'services.notHealthy' } });
    await running('1.0.0:0');
    expect(fingerprint()).toBe(before);
    nothingLeft();
  },
  4 * minute,
);

test(
  'the kernel killed in the middle of a migration: the same',
  async () => {
    const before = fingerprint();
    const job = await sideload(await pack('2.0.0:2', `${spoil} await new Promise(() => {});`));
    const end = Date.now() + minute;
    while (!existsSync(join(data(), 'data/main/new'))) {
      if (Date.now() > end) throw new Error('The migration does not begin');
      await sleep(100);
    }
    const kernel = box.pids(`${box.config.data}/runtime/`).find((pid) => commandOf(pid).includes('kernel.mjs'));
    process.kill(kernel ?? 0, 'SIGKILL');
    expect((await finished(job)).state).toBe('failed');
    await running('1.0.0:0');
    expect(fingerprint()).toBe(before);
    nothingLeft();
  },
  4 * minute,
);

test(
  'a good version takes over, and what was put aside goes',
  async () => {
    const onUpdate = `await fs.appendFile(root + '/book', 'taken over by 2.0.0:3\\n'); await effects.setDataVersion({ version: '2.0.0:3' });`;
    const job = await finished(await sideload(await pack('2.0.0:3', onUpdate)));
    expect(job).toMatchObject({ state: 'succeeded', result: { from: '1.0.0:0', version: '2.0.0:3' } });
    await running('2.0.0:3');
    const book = readFileSync(join(data(), 'data/main/book'), 'utf8');
    expect(book).toBe('opened by 1.0.0:0\ntaken over by 2.0.0:3\n');
    expect(readFileSync(join(data(), '.version'), 'utf8').trim()).toBe('2.0.0:3');
    nothingLeft();
  },
  3 * minute,
);

test(
  'at power-off everything stops in order, and is wanted again at the next boot',
  async () => {
    expect(await box.call('server.stop-services')).toEqual({ stopped: ['ledger'], forced: [], left: [] });
    const names = execFileSync('lxc-ls', ['-P', box.config.lxcPath, '--running'], { encoding: 'utf8' });
    expect(names).not.toContain('ledger');
    await box.end('SIGTERM');
    await box.start();
    await running('2.0.0:3');
  },
  3 * minute,
);

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
