import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { InstallRequest, PackageSource, ServiceRow, Services, SnapshotInfo } from '@hearth/contract';
import { HearthError, servicesRef } from '@hearth/contract';
import { type EngineAnswers, fake, MemoryJournal, startTestKernel, type TestKernel } from '@hearth/kernel/testing';
import { type Notice, notificationsRef } from '@hearth/plugin-notifications/api';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serviceRow, servicesOf } from '../../../spec/testbed/services.ts';
import { backupPlugin } from './plugin.ts';

/** Snapshots as a repository keeps them: real files in a folder, without restic (which the engine's own tests have). */
interface Snapshot extends SnapshotInfo {
  readonly files: string;
}

let folder: string;
let kernel: TestKernel;
let journal: MemoryJournal;
let rows: ServiceRow[];
let snapshots: Snapshot[];
let told: Notice[];
let installs: InstallRequest[];
let source: PackageSource;
let broken: Map<string, HearthError>;
let target: string;

const failure = (code: string): HearthError => new HearthError({ code, kind: 'CONFLICT', message: `Cannot: ${code}` });
const refuse = (verb: string): void => {
  const error = broken.get(verb);
  if (error !== undefined) throw error;
};
const answers: EngineAnswers = {
  'backup.prepare': () => {
    refuse('prepare');
    return { created: true };
  },
  'backup.list': () => {
    refuse('list');
    return snapshots.map(({ id, time, service, tags }) => ({ id, time, service, tags }));
  },
  async 'backup.create'({ service, files, tags }, { onProgress }) {
    refuse(service);
    onProgress?.(5, 10);
    const id = createHash('sha256').update(`${service}${snapshots.length}`).digest('hex');
    const kept = join(folder, 'snapshots', id);
    for (const file of files) {
      await mkdir(dirname(join(kept, file)), { recursive: true });
      await cp(join(kernel.places.data, file), join(kept, file));
    }
    snapshots.push({ id, time: 1000 + snapshots.length, service, tags: [...tags], files: kept });
    return { snapshot: id, added: 10, processed: 2500 };
  },
  async 'backup.restoreFiles'({ snapshot, destination }) {
    const found = snapshots.find(({ id }) => id === snapshot);
    await cp(found?.files ?? '', join(kernel.places.staging, destination), { recursive: true, verbatimSymlinks: true });
    return {};
  },
  'backup.restoreVolumes': () => ({}),
};

const services = (): Services =>
  servicesOf(rows, {
    registerSource: (given) => {
      source = given;
    },
    async backUp(service, work) {
      refuse(`hold ${service}`);
      return work([{ volume: 'main', subpath: '', destination: 'volumes/main', excludes: ['cache'] }]);
    },
    async markBackedUp(service, at) {
      rows.find(({ id }) => id === service)!.lastBackup = at;
    },
    archive: (service) => `packages/${service}/abab/package.s9pk`,
    async install(request) {
      installs.push(request);
      return { job: `restore-${request.id}`, rev: installs.length };
    },
  });

async function start(): Promise<void> {
  const notify = async (notice: Notice): Promise<string> => String(told.push(notice));
  kernel = await startTestKernel({
    plugins: [backupPlugin],
    fakes: [fake(servicesRef, services()), fake(notificationsRef, { notify })],
    engine: answers,
    journal,
    folder,
  });
}

const rejection = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no error',
    (error: unknown) => (error as HearthError).code,
  );
const add = (path: string, name = 'USB drive'): Promise<{ id: string }> =>
  kernel.rpc('backup.target.add', { name, path, password: 'secret word' });
const run = async (input: object = {}): Promise<any> => {
  const { job } = await kernel.rpc('backup.create', { target, ...input });
  return kernel.rpc('job.wait', { job, waitMs: 10_000 });
};
/** What stands in the staging folder, but for the kernel's own uploads. */
const staged = async (): Promise<string[]> =>
  (await readdir(kernel.places.staging)).filter((name) => name !== 'uploads');
const state = (): any => kernel.store.snapshot().value['backup'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-backup-'));
  journal = new MemoryJournal();
  rows = [serviceRow('syncthing', 2), serviceRow('other', 3)];
  snapshots = [];
  told = [];
  installs = [];
  broken = new Map();
  await start();
  for (const { id } of rows) {
    const archive = join(kernel.places.data, services().archive(id));
    await mkdir(dirname(archive), { recursive: true });
    await writeFile(archive, `archive of ${id}`);
  }
  await mkdir(join(folder, 'usb'));
  target = (await add(join(folder, 'usb'))).id;
});
afterEach(async () => {
  await kernel.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('targets', () => {
  test('are added, listed, and forgotten; the password never leaves the kernel', async () => {
    expect(target).toBe('usb-drive');
    const { targets } = await kernel.rpc('backup.target.list');
    expect(targets).toMatchObject([{ id: target, name: 'USB drive', path: join(folder, 'usb'), lastRun: null }]);
    expect(JSON.stringify(kernel.store.snapshot().value)).not.toContain('secret word');
    await kernel.rpc('backup.target.remove', { id: target });
    expect((await kernel.rpc('backup.target.list')).targets).toEqual([]);
    expect(await rejection(run())).toBe('backup.unknownTarget');
    expect(await rejection(kernel.rpc('backup.create', { target: 'constructor' }))).toBe('backup.unknownTarget');
  });

  test('must be a folder that is there, once, and not where the data is', async () => {
    await writeFile(join(folder, 'file'), '');
    await symlink(kernel.places.data, join(folder, 'link'));
    const codes = await Promise.all(
      ['missing', 'file', 'usb', 'usb/../usb', 'data', 'data/packages', 'link', 'run'].map((name) =>
        rejection(add(join(folder, name))),
      ),
    );
    expect(codes).toEqual([
      'backup.folderMissing',
      'backup.notFolder',
      'backup.targetKnown',
      'backup.targetKnown',
      'backup.insideData',
      'backup.insideData',
      'backup.insideData',
      'backup.insideData',
    ]);
    expect(await rejection(add('relative'))).toBe('backup.folderMissing');
    expect(Object.keys(state().targets)).toEqual([target]);
  });

  test('are refused with the reason when the repository does not open', async () => {
    await mkdir(join(folder, 'other'));
    broken.set('prepare', failure('engine.repositoryPassword'));
    expect(await rejection(add(join(folder, 'other')))).toBe('engine.repositoryPassword');
    expect(Object.keys(state().targets)).toEqual([target]);
  });

  test('keep ids apart that names do not', async () => {
    for (const name of ['a', 'b']) await mkdir(join(folder, name));
    expect((await add(join(folder, 'a'), 'USB  Drive!')).id).toBe('usb-drive-2');
    expect((await add(join(folder, 'b'), '磁盘')).id).toBe('target');
  });
});

describe('a backup', () => {
  test('takes every service with its archive and record, and reports', async () => {
    const row = await run();
    expect(row).toMatchObject({ state: 'succeeded', title: 'Back up 2 services' });
    const created = kernel.engine.calls.filter(({ verb }) => verb === 'backup.create').map(({ input }) => input);
    expect(created).toMatchObject([
      {
        repository: { kind: 'folder', path: join(folder, 'usb') },
        password: 'secret word',
        service: 'syncthing',
        pairs: [{ volume: 'main', subpath: '', destination: 'volumes/main', excludes: ['cache'] }],
        files: ['packages/syncthing/abab/package.s9pk', 'kernel/plugins/backup/records/syncthing.json'],
        tags: ['version=1.0.0:0', `title=${Buffer.from('Syncthing').toString('base64url')}`, 'desired=running'],
      },
      { service: 'other' },
    ]);
    expect(rows.map(({ lastBackup }) => typeof lastBackup)).toEqual(['number', 'number']);
    expect(told).toMatchObject([
      {
        level: 'success',
        title: 'Backup to USB drive is complete',
        message: 'Syncthing: 2.5 kB, of which 10 bytes new, in 1 s\nOther: 2.5 kB, of which 10 bytes new, in 1 s',
      },
    ]);
    expect(state().targets[target].lastRun).toMatchObject({
      ...{ job: row.id, outcome: 'succeeded', message: null },
      services: { syncthing: { error: null, added: 10, processed: 2500 }, other: { error: null } },
    });
    expect(JSON.stringify(kernel.store.snapshot().value)).not.toContain('secret word');
  });

  test('of one service leaves the others alone', async () => {
    expect(await run({ services: ['other', 'other'] })).toMatchObject({ state: 'succeeded', title: 'Back up Other' });
    expect(snapshots.map(({ service }) => service)).toEqual(['other']);
  });

  test('goes on when one service fails, and says which and why', async () => {
    broken.set('syncthing', failure('engine.repositoryFull'));
    expect(await run()).toMatchObject({ state: 'succeeded' });
    expect(snapshots.map(({ service }) => service)).toEqual(['other']);
    expect(told).toMatchObject([
      {
        level: 'warning',
        title: 'Backup to USB drive is not complete',
        message: expect.stringContaining('Syncthing: failed. Cannot: engine.repositoryFull'),
      },
    ]);
    expect(state().targets[target].lastRun).toMatchObject({
      ...{ outcome: 'partly', message: 'syncthing: Cannot: engine.repositoryFull' },
      services: { syncthing: { error: { code: 'engine.repositoryFull' }, snapshot: null } },
    });
    expect(rows.map(({ lastBackup }) => lastBackup === null)).toEqual([true, false]);
  });

  test('fails when nothing could be saved', async () => {
    broken.set('hold syncthing', failure('services.busy')).set('other', failure('engine.repositoryFull'));
    const row = await run();
    expect(row).toMatchObject({ state: 'failed', error: { code: 'backup.allFailed' } });
    expect(row.error.message).toContain('syncthing: Cannot: services.busy');
    expect(state().targets[target].lastRun).toMatchObject({ outcome: 'failed' });
    expect(told).toEqual([]);
  });

  test('fails before any service is stopped when the drive is not there or the password is wrong', async () => {
    broken.set('list', failure('engine.repositoryMissing'));
    expect(await run()).toMatchObject({ state: 'failed', error: { code: 'engine.repositoryMissing' } });
    expect(kernel.engine.calls.map(({ verb }) => verb)).not.toContain('backup.create');
    // Once, when the target was added: a missing repository is never made anew behind the owner's back.
    expect(kernel.engine.calls.filter(({ verb }) => verb === 'backup.prepare')).toHaveLength(1);
  });

  test('is one at a time for a target, can be cancelled, and is followed by another', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const original = answers['backup.list'];
    Object.assign(answers, { 'backup.list': async () => held.then(() => []) });
    const { job } = await kernel.rpc('backup.create', { target });
    try {
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await rejection(run())).toBe('backup.targetBusy');
      expect(await rejection(kernel.rpc('backup.target.remove', { id: target }))).toBe('backup.targetBusy');
      await kernel.rpc('job.cancel', { job });
    } finally {
      Object.assign(answers, { 'backup.list': original });
      release();
    }
    expect(await kernel.rpc('job.wait', { job, waitMs: 10_000 })).toMatchObject({ state: 'cancelled' });
    expect(state().targets[target].lastRun).toMatchObject({ outcome: 'cancelled' });
    expect(snapshots).toEqual([]);
    expect(await run()).toMatchObject({ state: 'succeeded' });
  });

  test('of nothing, or of a stranger, is refused', async () => {
    expect(await rejection(run({ services: ['syncthing', 'stranger'] }))).toBe('backup.unknownService');
    rows.length = 0;
    expect(await rejection(run())).toBe('backup.nothingToDo');
    expect(snapshots).toEqual([]);
  });
});

describe('a restore', () => {
  const context = { signal: new AbortController().signal, progress: () => undefined, say: () => undefined } as any;
  const restore = (input: object): Promise<any> => kernel.rpc('package.backup.restore', { target, ...input });

  beforeEach(async () => {
    await run();
    await run({ services: ['syncthing'] });
    rows.length = 0;
  });

  test('lists what there is', async () => {
    const { snapshots: listed } = await kernel.rpc('backup.snapshot.list', { target });
    expect(listed.map(({ service, version, title, time }: any) => [service, version, title, time])).toEqual([
      ['syncthing', '1.0.0:0', 'Syncthing', 1002],
      ['other', '1.0.0:0', 'Other', 1001],
      ['syncthing', '1.0.0:0', 'Syncthing', 1000],
    ]);
    expect((await kernel.rpc('backup.snapshot.list', { target, service: 'other' })).snapshots).toHaveLength(1);
  });

  test('starts one job a service, from the latest snapshot of each', async () => {
    expect(await restore({ ids: ['syncthing', 'other', 'other'] })).toEqual({
      ...{ job: 'restore-syncthing', rev: 2 },
      jobs: [
        { id: 'syncthing', job: 'restore-syncthing' },
        { id: 'other', job: 'restore-other' },
      ],
    });
    expect(installs).toEqual([
      {
        ...{ id: 'syncthing', title: 'Syncthing', source: 'backup', restore: true, start: true },
        input: { target, snapshot: snapshots[2]?.id, service: 'syncthing' },
      },
      expect.objectContaining({ id: 'other', input: { target, snapshot: snapshots[1]?.id, service: 'other' } }),
    ]);
  });

  test('takes the snapshot it is told, if it is of that service', async () => {
    const [first, second] = snapshots;
    await restore({ ids: ['syncthing'], snapshot: first?.id.slice(0, 12) });
    expect(installs[0]?.input).toMatchObject({ snapshot: first?.id });
    expect(await rejection(restore({ ids: ['syncthing'], snapshot: second?.id }))).toBe('backup.snapshotOfAnother');
    expect(await rejection(restore({ ids: ['syncthing'], snapshot: 'f'.repeat(64) }))).toBe('backup.noSnapshot');
  });

  test('starts nothing when one of several cannot be', async () => {
    expect(await rejection(restore({ ids: ['syncthing', 'stranger'] }))).toBe('backup.noSnapshot');
    rows.push(serviceRow('other', 3));
    expect(await rejection(restore({ ids: ['syncthing', 'other'] }))).toBe('backup.stillInstalled');
    expect(installs).toEqual([]);
  });

  test('brings the archive back with what it must be, and the volumes', async () => {
    await restore({ ids: ['syncthing'] });
    const input = installs[0]?.input ?? {};
    const destination = join(kernel.places.staging, 'package.s9pk');
    expect(await source.fetch(input, destination, context)).toEqual({
      registry: null,
      commitment: { rootSighash: 'ab'.repeat(32), rootMaxsize: 1000 },
    });
    expect(await readFile(destination, 'utf8')).toBe('archive of syncthing');
    expect(await staged()).toEqual(['package.s9pk']);
    await source.fill?.(input, 'syncthing', context);
    expect(kernel.engine.calls.at(-1)).toMatchObject({
      verb: 'backup.restoreVolumes',
      input: { service: 'syncthing', snapshot: snapshots[2]?.id, password: 'secret word' },
    });
  });

  test('can be taken up by the next kernel: the journal names target and snapshot, not the password', async () => {
    await restore({ ids: ['syncthing'] });
    const input = structuredClone(installs[0]?.input ?? {});
    expect(JSON.stringify(input)).not.toContain('secret');
    await kernel.stop();
    await start();
    const destination = join(kernel.places.staging, 'package.s9pk');
    await source.fetch(input, destination, context);
    expect(await readFile(destination, 'utf8')).toBe('archive of syncthing');
  });

  const record = (): string => join(snapshots[2]!.files, 'kernel/plugins/backup/records/syncthing.json');
  const spoil = async (change: (text: any) => unknown): Promise<void> =>
    writeFile(record(), JSON.stringify(change(JSON.parse(await readFile(record(), 'utf8')))));

  test.each<[string, () => Promise<void>]>([
    ['is missing', () => rm(record())],
    ['is nonsense', () => writeFile(record(), '{')],
    ['is huge', () => writeFile(record(), ' '.repeat(2_000_000))],
    ['is of another service', () => spoil((text) => ({ ...text, service: 'other' }))],
    ['points outside', () => spoil((text) => ({ ...text, archive: '../../etc/passwd' }))],
    ['points nowhere', () => spoil((text) => ({ ...text, archive: 'packages/none' }))],
    [
      'is a link',
      async () => {
        await rm(record());
        await symlink('/etc/hostname', record());
      },
    ],
    [
      'names an archive in a folder that is a link',
      async () => {
        const parent = join(snapshots[2]!.files, 'packages/syncthing');
        await rename(parent, join(folder, 'elsewhere'));
        await symlink(join(folder, 'elsewhere'), parent);
      },
    ],
    [
      'names an archive that is a link',
      async () => {
        const archive = join(snapshots[2]!.files, 'packages/syncthing/abab/package.s9pk');
        await rm(archive);
        await symlink('/etc/hostname', archive);
      },
    ],
  ])('is refused when the record %s, and leaves nothing behind', async (_, damage) => {
    await damage();
    await restore({ ids: ['syncthing'] });
    const fetched = source.fetch(installs[0]?.input ?? {}, join(kernel.places.staging, 'package.s9pk'), context);
    expect(await rejection(fetched)).toBe('backup.damaged');
    expect(await staged()).toEqual([]);
  });
});
