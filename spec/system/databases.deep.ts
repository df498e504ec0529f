/**
 * Packages that back up a database by the SDK's own dumps, with the databases themselves: PostgreSQL and MariaDB of Debian,
 * in an image of their own. Only the dump and the notes are in the backup, never the database's files.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { contextOf } from '../../sdk/kit/src/pack/events.ts';
import { buildImage } from '../../sdk/kit/src/pack/image.ts';
import { defaultCache } from '../../sdk/kit/src/pack/index.ts';
import { imageSource } from '../../sdk/kit/src/pack/sources.ts';
import { ExampleBox } from './example-box.ts';

const minute = 60_000;
let examples: ExampleBox;
let target: string;

const source = imageSource.parse({
  debian: {
    suite: 'bookworm',
    packages: ['postgresql', 'mariadb-server-core', 'mariadb-client', 'passwd'],
    excludes: ['/usr/share/doc/*', '/usr/share/man/*', '/usr/share/locale/*', '/usr/lib/*/libLLVM*'],
    setup: [
      'rm -rf /var/lib/postgresql/15 /etc/postgresql/15',
      'useradd --system --user-group --home-dir /nonexistent --shell /usr/sbin/nologin mysql',
    ],
  },
});
const env = { PATH: '/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

beforeAll(async () => {
  const workshop = { folder: import.meta.dirname, architecture: 'x86_64', cache: defaultCache(), name: 'databases' };
  const image = await buildImage({ source, env }, { ...workshop, context: contextOf(undefined, {}) });
  examples = await ExampleBox.make(image);
  const drive = join(examples.box.scratch, 'drive');
  mkdirSync(drive);
  const added = await examples.box.call('backup.target.add', { name: 'Drive', path: drive, password: 'secret words' });
  target = added.id;
}, 12 * minute);
afterAll(async () => {
  await examples.close();
}, 3 * minute);

test.each(['ledger', 'register'])(
  '%s comes back whole from its dump',
  async (id) => {
    const { box } = examples;
    await examples.sideload(await examples.pack(id));
    const entries = ["it's cake", 'tea'];
    expect(await examples.value(id, 'read')).toEqual(entries);
    await examples.finished((await box.call('backup.create', { target, services: [id] })).job);
    const { value } = await box.call('db.dump', { pointer: `/backup/targets/${target}` });
    expect(value.lastRun).toMatchObject({ outcome: 'succeeded' });
    const files = readdirSync(examples.volume(id, 'main'), { recursive: true }).length;
    expect(files).toBeGreaterThan(50);

    await examples.finished((await box.call('package.uninstall', { id })).job);
    expect(existsSync(examples.volume(id, ''))).toBe(false);
    const { jobs } = await box.call('package.backup.restore', { target, ids: [id] });
    for (const { job } of jobs) await examples.finished(job);
    expect(readdirSync(examples.volume(id, 'BACKUP'))).toContain(`${id}-db.dump`);
    expect(readFileSync(examples.volume(id, 'notes/colour'), 'utf8')).toBe('green');
    expect(await examples.value(id, 'read')).toEqual(entries);
  },
  6 * minute,
);
