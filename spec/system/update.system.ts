/**
 * Updates on a real server with real containers: whatever is wrong with the new version, the old one comes back with its
 * data as it was, byte for byte; and a good one takes over.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Box, makeBox } from './box.ts';
import { Ledgers, processOf } from './ledger.ts';

const minute = 60_000;
let box: Box;
let ledgers: Ledgers;

const data = () => join(box.config.data, 'engine/volumes/ledger');
const snapshots = () => join(box.config.data, 'engine/snapshots/ledger');

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
  ledgers = new Ledgers(box);
  mkdirSync(box.config.data, { recursive: true });
  writeFileSync(join(box.config.data, 'config.json'), JSON.stringify({ deadlineScale: 0.2 }), { mode: 0o644 });
  await box.start();
  await ledgers.put({ version: '1.0.0:0' });
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
    const before = ledgers.fingerprint();
    const onUpdate = `${spoil} throw new Error('the book has a torn page');`;
    const job = await ledgers.finished(await ledgers.sideload({ version: '2.0.0:0', onUpdate }));
    expect(job).toMatchObject({ kind: 'package.update', state: 'failed', step: 'migrate' });
    expect(job.error?.message).toContain('the book has a torn page');
    expect(job.error?.data).not.toHaveProperty('leftBehind');
    const row = await ledgers.running('1.0.0:0');
    expect(row).toMatchObject({ job: null, error: null });
    expect(ledgers.fingerprint()).toBe(before);
    nothingLeft();
    const told = await box.call('notification.list');
    expect(JSON.stringify(told)).toContain('the book has a torn page');
  },
  3 * minute,
);

test(
  'a version that never gets healthy: the same',
  async () => {
    const before = ledgers.fingerprint();
    const job = await ledgers.finished(
      await ledgers.sideload({ version: '2.0.0:1', onUpdate: spoil, health: 'failure' }),
    );
    expect(job).toMatchObject({ state: 'failed', step: 'prove', error: { code: 'services.notHealthy' } });
    await ledgers.running('1.0.0:0');
    expect(ledgers.fingerprint()).toBe(before);
    nothingLeft();
  },
  4 * minute,
);

test(
  'the kernel killed in the middle of a migration: the same',
  async () => {
    const before = ledgers.fingerprint();
    const job = await ledgers.sideload({ version: '2.0.0:2', onUpdate: `${spoil} await new Promise(() => {});` });
    const end = Date.now() + minute;
    while (!existsSync(join(data(), 'data/main/new'))) {
      if (Date.now() > end) throw new Error('The migration does not begin');
      await sleep(100);
    }
    process.kill(processOf(box, 'kernel'), 'SIGKILL');
    expect((await ledgers.finished(job)).state).toBe('failed');
    await ledgers.running('1.0.0:0');
    expect(ledgers.fingerprint()).toBe(before);
    nothingLeft();
  },
  4 * minute,
);

test(
  'a good version takes over, and what was put aside goes',
  async () => {
    const onUpdate = `await fs.appendFile(root + '/book', 'taken over by 2.0.0:3\\n'); await effects.setDataVersion({ version: '2.0.0:3' });`;
    const job = await ledgers.finished(await ledgers.sideload({ version: '2.0.0:3', onUpdate }));
    expect(job).toMatchObject({ state: 'succeeded', result: { from: '1.0.0:0', version: '2.0.0:3' } });
    await ledgers.running('2.0.0:3');
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
    await ledgers.running('2.0.0:3');
  },
  3 * minute,
);
