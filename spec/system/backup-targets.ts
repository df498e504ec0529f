/**
 * A plugin of a stranger brings a place for backups: on a whole server, from `hearth plugin pack` to a service that comes
 * back from a WebDAV server byte for byte; and what becomes of a backup when the plugin dies or loses the right. On the box
 * of another test, since making one takes a minute.
 */
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Box } from './box.ts';
import { type ExampleBox, until } from './example-box.ts';
import { startWebdav, type WebdavServer } from './webdav-server.ts';

const minute = 60_000;
const root = resolve(import.meta.dirname, '../..');
const hearth = join(root, 'sdk/cli/bin/hearth.mjs');
const example = join(root, 'sdk/plugin-kit/examples/webdav');
const id = 'webdav-backups';
const user = 'anna';
const secret = `secret-${randomBytes(8).toString('hex')}`;
const run = promisify(execFile);

let examples: ExampleBox;
let box: Box;
let server: WebdavServer;
let folder: string;
let digest: string;
const target = 'nas';

async function type(...words: string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    HEARTH_SOCKET: join(box.config.run, 'kernel/admin.sock'),
  };
  return (await run(process.execPath, [hearth, ...words], { cwd: folder, env })).stdout;
}

const photo = (): string => examples.volume('hello-world', 'main/photos.raw');
const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
function writePhoto(): void {
  const { uid, gid } = statSync(examples.volume('hello-world', 'main'));
  writeFileSync(photo(), randomBytes(24_000_000));
  chownSync(photo(), uid, gid);
  digest = digestOf(photo());
}

const statusOf = async (): Promise<string> => (await examples.read(`/pluginStatus/${id}`)).state;
const becomes = (state: string) => until(`the plugin is ${state}`, minute, async () => (await statusOf()) === state);
const unavailable = async (): Promise<string | null> => {
  const { kinds } = await box.call('backup.kind.list');
  return kinds.find((kind: any) => kind.id === `${id}.folder`)?.unavailable ?? null;
};

/** Begins a backup and stops it at the given request of the server until it is told to go on. */
async function backupHeldAt(method: string, path: RegExp): Promise<{ job: string; release: () => void }> {
  const reached = Promise.withResolvers<undefined>();
  const { promise, resolve: release } = Promise.withResolvers<undefined>();
  server.before = async (asked, at) => {
    if (asked !== method || !path.test(at)) return;
    reached.resolve(undefined);
    await promise;
  };
  writePhoto();
  const { job } = await box.call('backup.create', { target });
  await reached.promise;
  return {
    job,
    release: () => {
      server.before = () => undefined;
      release(undefined);
    },
  };
}

async function ended(job: string): Promise<any> {
  return until('the job ends', 2 * minute, async () => {
    const row = await box.call('job.get', { job });
    return row.finishedAt === null ? null : row;
  });
}

/** No restic, no socket, and the service runs as before. */
async function nothingLeft(): Promise<void> {
  await until('restic is gone', minute, async () => box.pids(`rclone:${box.config.run}`).length === 0);
  expect(readdirSync(join(box.config.run, 'kernel/targets'))).toEqual([]);
  await examples.becomes('hello-world', 'running');
}

/** Runs on a set-up box with a service `hello-world`. */
export function backupTargetTests(given: () => ExampleBox): void {
  beforeAll(async () => {
    examples = given();
    ({ box } = examples);
    folder = join(box.scratch, 'author');
    mkdirSync(join(folder, 'dav'), { recursive: true });
    server = await startWebdav(join(folder, 'dav'), user, secret);
    await examples.start('hello-world');
    await examples.healthy('hello-world');
  }, 2 * minute);
  afterAll(() => server.close());

  test(
    'is packed, looked at, allowed, and offers a place to fill in',
    async () => {
      await type('plugin', 'pack', example, '--out', 'webdav.plugin', '--key', 'author.pem');
      expect(await type('plugin', 'inspect', 'webdav.plugin')).toContain(
        'Keep encrypted backups, and delete them, at addresses that are entered for it',
      );
      await type('plugin', 'install', 'webdav.plugin', '--yes');
      await becomes('running');
      await until('it is offered', minute, async () => (await box.call('backup.kind.list')).kinds.length === 1);
      expect(await type('backup', 'target', 'kinds')).toMatch(
        /^webdav-backups\.folder +A WebDAV server +address, user, password/,
      );
      writeFileSync(join(folder, 'wrong'), 'wrong');
      writeFileSync(join(folder, 'dav-password'), secret);
      writeFileSync(join(folder, 'password'), 'correct horse');
      const add = (file: string): Promise<string> =>
        type(
          ...['backup', 'target', 'add', '--kind', `${id}.folder`, '--name', 'NAS', '--password-file', 'password'],
          ...['--set', `address=${server.url}hearth`, `user=${user}`, '--set-file', `password=${file}`],
        );
      await expect(add('wrong')).rejects.toMatchObject({
        stderr: expect.stringContaining('The server refuses the user name or the password'),
      });
      expect(await add('dav-password')).toBe(`${target}\n`);
      expect(readdirSync(join(folder, 'dav/hearth')).toSorted()).toEqual([
        'config',
        'data',
        'index',
        'keys',
        'locks',
        'snapshots',
      ]);
      // What is secret stands in nothing that is shown, told, or listed.
      expect(JSON.stringify(await examples.read(''))).not.toContain(secret);
      expect(JSON.stringify(await box.call('plugin.audit.list', { id, limit: 1000 }))).not.toContain(secret);
      await nothingLeft();
    },
    3 * minute,
  );

  test(
    'keeps a service, and brings it back byte for byte after it was wiped',
    async () => {
      writePhoto();
      const { job } = await box.call('backup.create', { target });
      await examples.finished(job);
      const packs = readdirSync(join(folder, 'dav/hearth/data'), { recursive: true }).filter((name) =>
        /\/[0-9a-f]{64}$/.test(String(name)),
      );
      expect(packs.length).toBeGreaterThanOrEqual(2);
      // The bytes went past it.
      const { plugins } = await box.call('plugin.list');
      expect(plugins[0].memory).toBeLessThan(128 * 1024 * 1024);
      await examples.finished((await box.call('package.uninstall', { id: 'hello-world' })).job);
      expect(existsSync(photo())).toBe(false);
      const { jobs } = await box.call('package.backup.restore', { target, ids: ['hello-world'] });
      await examples.finished(jobs[0].job);
      expect(digestOf(photo())).toBe(digest);
      await examples.healthy('hello-world');
      await nothingLeft();
    },
    4 * minute,
  );

  test(
    'a plugin that is killed in the midst of a backup fails it with why, leaves nothing, and the next one works',
    async () => {
      const { job, release } = await backupHeldAt('PUT', /\/data\//);
      const [pid] = box.pids(`perl ${box.config.data}/runtime`);
      process.kill(pid!, 'SIGKILL');
      const row = await ended(job);
      release();
      expect(row).toMatchObject({ state: 'failed', error: { code: 'backup.targetUnavailable' } });
      expect(row.error.message).toMatch(/^Cannot use backup target "NAS": its plugin (ended|is starting)/);
      await nothingLeft();
      await becomes('running');
      await until('it is offered again', minute, async () => (await unavailable()) === null);
      await examples.finished((await box.call('backup.create', { target })).job);
      await nothingLeft();
    },
    4 * minute,
  );

  test(
    'a plugin that loses the right fails what is under way; its places stay in the list, with why, until it may again',
    async () => {
      const { job, release } = await backupHeldAt('PUT', /\/data\//);
      await box.call('plugin.grant', { id, capabilities: [] });
      const row = await ended(job);
      release();
      expect(row).toMatchObject({ state: 'failed', error: { code: 'backup.targetUnavailable' } });
      await nothingLeft();
      await until('why is told', minute, async () => (await unavailable())?.includes('what you have not allowed'));
      expect((await box.call('backup.target.list')).targets).toMatchObject([{ id: target, name: 'NAS' }]);
      expect((await ended((await box.call('backup.create', { target })).job)).error).toMatchObject({
        code: 'backup.targetUnavailable',
        message: 'Cannot use backup target "NAS": its plugin waits for what you have not allowed',
      });
      await box.call('plugin.grant', { id, capabilities: ['backup.target'] });
      await until('it is offered again', minute, async () => (await unavailable()) === null);
      await examples.finished((await box.call('backup.create', { target })).job);
      await nothingLeft();
    },
    4 * minute,
  );

  test(
    'a server that begins anew waits for the plugin to come up, and finds the secrets again',
    async () => {
      await box.end('SIGKILL');
      await box.start();
      const { snapshots } = await box.call('backup.snapshot.list', { target });
      expect(snapshots.length).toBeGreaterThanOrEqual(3);
      await box.call('plugin.remove', { id });
      expect((await box.call('backup.target.list')).targets).toHaveLength(1);
      await expect(box.call('backup.snapshot.list', { target })).rejects.toMatchObject({
        code: 'backup.targetUnavailable',
      });
      rmSync(photo());
    },
    3 * minute,
  );
}
