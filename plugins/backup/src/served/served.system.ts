/** Places that a plugin of the house brings: by the reference, with the real engine and its restic. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type BackupStore,
  type BackupTargets,
  backupTargetsRef,
  type BackupTargetKind,
  type Blob,
  definePlugin,
  HearthError,
  type PackageSource,
  servicesRef,
} from '@hearth/contract';
import { createLog, type EngineAnswers, fake, startTestKernel, type TestKernel } from '@hearth/kernel/testing';
import { notificationsRef } from '@hearth/plugin-notifications/api';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { makeTestbed, type Testbed, type TestEngine } from '../../../../spec/testbed/index.ts';
import { serviceRow, servicesOf } from '../../../../spec/testbed/services.ts';
import { backupPlugin } from '../plugin.ts';
import { targetsFolder } from './endpoint.ts';

jest.setTimeout(120_000);

let bed: Testbed;
let engine: TestEngine;
let kernel: TestKernel;
let source: PackageSource;
let target: string;

/** What the place holds, by type and name. */
const held = new Map<string, Buffer>();
/** What each operation runs before it does anything. */
let hurdle: (what: string) => void | Promise<void> = () => undefined;
let house: BackupTargets;
const opened: unknown[] = [];
let most = 0;

const keyOf = ({ type, name }: Blob): string => `${type}/${name}`;

/** Keeps blobs in memory, and pieces as small as they can be to hold. */
const store: BackupStore = {
  async *list(type) {
    await hurdle(`list ${type}`);
    for (const [key, { length }] of held) {
      const [found = '', name = ''] = key.split('/');
      if (found === type) yield { name, size: length };
    }
  },
  async size(blob) {
    await hurdle(`size ${blob.type}`);
    return held.get(keyOf(blob))?.length ?? null;
  },
  async read(blob, { offset, length }) {
    await hurdle(`read ${blob.type}`);
    const found = held.get(keyOf(blob));
    if (found === undefined) return null;
    const part = found.subarray(offset, length === null ? undefined : offset + length);
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < part.length; at += 50_000) yield part.subarray(at, at + 50_000);
    };
    return { size: part.length, content: pieces() };
  },
  async write(blob, size, content) {
    await hurdle(`write ${blob.type}`);
    const pieces: Uint8Array[] = [];
    for await (const piece of content) {
      pieces.push(piece);
      most = Math.max(most, piece.length);
    }
    const whole = Buffer.concat(pieces);
    expect(whole.length).toBe(size);
    held.set(keyOf(blob), whole);
  },
  remove(blob) {
    held.delete(keyOf(blob));
    return Promise.resolve();
  },
};

const kind: BackupTargetKind = {
  id: 'cellar',
  name: 'The cellar',
  about: 'Keeps backups in the cellar.',
  form: {
    shelf: { type: 'text', name: 'Shelf', required: true },
    key: { type: 'text', name: 'Key', required: true, masked: true },
  },
  open: (values) => {
    opened.push(values);
    if (values['key'] !== 'brass')
      throw new HearthError({ code: 'cellar.locked', kind: 'FORBIDDEN', message: 'The key does not fit' });
    return Promise.resolve(store);
  },
};

const cellarPlugin = definePlugin({
  id: 'cellar',
  version: '1.0.0',
  about: 'A place for backups of the house',
  requires: { targets: backupTargetsRef },
  setup: ({ targets }) => ({
    start: () => {
      house = targets;
      house.offer(kind);
      return Promise.resolve();
    },
  }),
});

const content = Buffer.alloc(20_000_000);
const volume = (): string => join(bed.config.data, 'engine/volumes/alpha/data/main');

let mask: number;
beforeAll(async () => {
  for (let at = 0; at < content.length; at += 4) content.writeUInt32LE((at * 2_654_435_761) % 4_294_967_296, at);
  bed = await makeTestbed();
  engine = await bed.startEngine();
  await engine.client.call('host.prepare', {});
  await engine.client.call('volume.create', { service: 'alpha', volume: 'main' });
  writeFileSync(join(volume(), 'large'), content);
  const row = serviceRow('alpha', 2);
  const services = servicesOf([row], {
    registerSource: (given) => {
      source = given;
    },
    backUp: (_, work) => work([{ volume: 'main', subpath: '', destination: 'volumes/main', excludes: [] }]),
    markBackedUp: () => Promise.resolve(),
    archive: () => 'packages/alpha/package.s9pk',
  });
  mkdirSync(join(bed.config.data, 'packages/alpha'), { recursive: true });
  writeFileSync(join(bed.config.data, 'packages/alpha/package.s9pk'), 'archive');
  // Both see the same folders, as on a real server.
  const folder = dirname(bed.config.data);
  symlinkSync(bed.config.run, join(folder, 'run'));
  const verbs = ['prepare', 'create', 'list', 'restoreFiles', 'restoreVolumes', 'check'] as const;
  const answers = Object.fromEntries(
    verbs.map((verb) => [
      `backup.${verb}`,
      (input: never, options: object) => engine.client.call(`backup.${verb}`, input, options),
    ]),
  ) as EngineAnswers;
  writeFileSync(join(folder, 'system.json'), JSON.stringify({ plugins: { backup: { patienceSeconds: 1 } } }));
  // The test is root, a kernel is not: its sockets are its user's own.
  mask = process.umask(0);
  kernel = await startTestKernel({
    plugins: [cellarPlugin, backupPlugin],
    fakes: [fake(servicesRef, services), fake(notificationsRef, { notify: () => Promise.resolve('') })],
    engine: answers,
    folder,
    log: createLog('silent'),
  });
  for (const path of [join(bed.config.run, 'kernel'), targetsFolder(bed.config.run)]) {
    chownSync(path, bed.config.user.uid, bed.config.user.gid);
    chmodSync(path, 0o700);
  }
}, 120_000);

afterAll(async () => {
  process.umask(mask);
  await kernel.stop();
  await bed.close();
}, 60_000);

const add = (settings: object, name = 'Cellar'): Promise<any> =>
  kernel.rpc('backup.target.add', { name, kind: 'cellar', settings, password: 'correct horse' });
const run = async (): Promise<any> => {
  const { job } = await kernel.rpc('backup.create', { target });
  for (;;) {
    const row = await kernel.rpc('job.wait', { job, waitMs: 25_000 });
    if (row.finishedAt !== null) return row;
  }
};
const context: any = { signal: new AbortController().signal, progress: () => undefined };
/** Nothing serves, nothing runs, and nothing was said where all can see. */
const nothingLeft = (): void => {
  expect(readdirSync(targetsFolder(bed.config.run))).toEqual([]);
  const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  expect(running).not.toContain(join(bed.config.run, 'kernel/targets'));
  expect(JSON.stringify(kernel.store.snapshot().value)).not.toMatch(/brass|correct horse/);
};

test('is asked by its form, and told no in words', async () => {
  await expect(add({ shelf: 'upper' })).rejects.toMatchObject({ code: 'backup.badSettings', message: /"Key"/ });
  await expect(add({ shelf: 'upper', key: 'brass', more: 1 })).rejects.toMatchObject({ code: 'backup.badSettings' });
  await expect(add({ shelf: 'upper', key: 'iron' })).rejects.toMatchObject({
    code: 'backup.targetFailed',
    message: 'Cannot use backup target "Cellar": The key does not fit',
  });
  const other = { name: 'x', kind: 'attic', settings: {}, password: 'p' };
  await expect(kernel.rpc('backup.target.add', other)).rejects.toMatchObject({ code: 'backup.unknownKind' });
  expect((await kernel.rpc('backup.target.list')).targets).toEqual([]);
  nothingLeft();
});

test('is added, with a repository made in it; a second time it is opened', async () => {
  const made = await add({ shelf: 'upper', key: 'brass' });
  target = made.id;
  expect(made).toMatchObject({ id: 'cellar', created: true });
  expect(opened.at(-1)).toEqual({ shelf: 'upper', key: 'brass' });
  const { targets } = await kernel.rpc('backup.target.list');
  expect(targets).toMatchObject([{ id: 'cellar', kind: 'cellar', settings: { shelf: 'upper' } }]);
  expect((await kernel.rpc('backup.kind.list')).kinds).toMatchObject([{ id: 'cellar', unavailable: null }]);
  await expect(add({ shelf: 'upper', key: 'brass' })).rejects.toMatchObject({ code: 'backup.placeKnown' });
  expect((await add({ shelf: 'lower', key: 'brass' }, 'Again')).created).toBe(false);
  await kernel.rpc('backup.target.remove', { id: 'again' });
  const wrong = { name: 'Wrong', kind: 'cellar', settings: { shelf: 'x', key: 'brass' }, password: 'wrong' };
  await expect(kernel.rpc('backup.target.add', wrong)).rejects.toMatchObject({
    code: 'engine.repositoryPassword',
    message: 'Cannot open repository "Wrong": wrong password',
  });
  nothingLeft();
});

test('takes a backup in packs, in small pieces, and gives it back to the byte', async () => {
  expect(await run()).toMatchObject({ state: 'succeeded' });
  expect(most).toBeLessThanOrEqual(1_100_000);
  expect([...held.keys()].filter((key) => key.startsWith('data/')).length).toBeGreaterThanOrEqual(2);
  const { snapshots } = await kernel.rpc('backup.snapshot.list', { target });
  expect(snapshots).toMatchObject([{ service: 'alpha' }]);
  rmSync(join(volume(), 'large'));
  await source.fill?.({ target, snapshot: snapshots[0].id, service: 'alpha' }, 'alpha', context);
  expect(readFileSync(join(volume(), 'large')).equals(content)).toBe(true);
  nothingLeft();
});

test('that fails now and then is tried again; one that goes on failing is told of in its own words', async () => {
  let failures = 0;
  hurdle = (what) => {
    if (what === 'write snapshots' && (failures += 1) === 1) throw new Error('a moment of weakness');
  };
  expect(await run()).toMatchObject({ state: 'succeeded' });
  expect(failures).toBe(2);
  hurdle = (what) => {
    if (what.startsWith('write'))
      throw new HearthError({ code: 'cellar.full', kind: 'CONFLICT', message: 'The cellar is full' });
  };
  expect(await run()).toMatchObject({
    state: 'failed',
    error: { code: 'backup.targetFailed', message: 'Cannot use backup target "Cellar": The cellar is full' },
  });
  hurdle = () => undefined;
  nothingLeft();
});

test('that is taken back in the midst of it ends the job at once, with why; offered again it goes on as before', async () => {
  writeFileSync(join(volume(), 'more'), content.subarray(7));
  const reached = Promise.withResolvers<undefined>();
  hurdle = async (what) => {
    if (what !== 'write data') return;
    reached.resolve(undefined);
    await new Promise(() => undefined);
  };
  const running = run();
  await reached.promise;
  house.takeBack('cellar', 'its plugin fell asleep', false);
  expect(await running).toMatchObject({
    state: 'failed',
    error: { code: 'backup.targetUnavailable', message: 'Cannot use backup target "Cellar": its plugin fell asleep' },
  });
  hurdle = () => undefined;
  nothingLeft();
  expect((await kernel.rpc('backup.kind.list')).kinds).toMatchObject([{ unavailable: 'its plugin fell asleep' }]);
  expect(await run()).toMatchObject({ state: 'failed', error: { code: 'backup.targetUnavailable' } });
  await expect(add({ shelf: 'new', key: 'brass' })).rejects.toMatchObject({ code: 'backup.kindUnavailable' });
  house.takeBack('cellar', 'its plugin wakes up', true);
  const late = run();
  house.offer(kind);
  expect(await late).toMatchObject({ state: 'succeeded' });
  nothingLeft();
});
