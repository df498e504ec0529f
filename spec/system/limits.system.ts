/**
 * One greedy service: a program that wants all memory, one that fills the disk, one that forks for ever. The server
 * answers meanwhile, and another service stays well. The figures are told; `spec/bench/limits.md` keeps them.
 */
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { DiskOptions } from '../testbed/disk.ts';
import { type Box, makeBox } from './box.ts';
import { SmallServices, waited } from './small-services.ts';

const minute = 60_000;
const mebibyte = 1024 * 1024;
// Machines that test are busy.
jest.setTimeout(5 * minute);

/** How long each attack is watched. */
const watchMs = 4000;
/** The promise is half a second, on a machine of its own; here it must only go on answering. */
const slowestMs = 10_000;

/** Writes to its volume all the time, and says how that goes. */
const victim = `
  exports.main = async ({ effects }) => {
    let beats = 0;
    const beat = async () => {
      const began = Date.now();
      let message = null;
      try {
        await fs.writeFile(root + '/beat', String(++beats));
      } catch (error) {
        message = error.message;
      }
      const late = Date.now() - began > 5000;
      const result = message === null && !late ? 'success' : 'failure';
      await effects.setHealth({ id: 'beat', name: 'Beat', result, message: message ?? (late ? 'late' : 'beating') });
    };
    await beat();
    const timer = setInterval(() => void beat(), 500);
    return { term: async () => clearInterval(timer) };
  };
`;

/** Begins what it is asked for; its programs run in a subcontainer, as those of any service. */
const greedy = `
  const attacks = {
    memory: ['perl', '-e', 'my @all; push @all, "x" x 10_000_000 while 1'],
    disk: ['perl', '-e', 'open my $f, ">", "/data/fill" or die; my $b = "x" x 1_000_000; 1 while print $f $b; sleep 1000'],
    fork: ['perl', '-e', '$SIG{CHLD} = "IGNORE"; fork while 1'],
  };
  const metadata = {
    description: '', warning: null, visibility: 'enabled', allowedStatuses: 'any', hasInput: false, group: null,
  };
  exports.init = async ({ effects }) => {
    for (const id of Object.keys(attacks)) await effects.action.export({ id, metadata: { ...metadata, name: id } });
  };
  const bind = async (path) => {
    await fs.mkdir(path + '/data', { recursive: true });
    const argv = ['bind-mount', '--source', root, '--target', path + '/data', '--recursive'];
    await new Promise((resolve) => spawn('start-container', argv, { stdio: 'ignore' }).on('exit', resolve));
  };
  exports.actions = { get: (id) => ({
    getInput: async () => null,
    run: async ({ effects }) => { await daemon(effects, attacks[id], bind); return null; },
  }) };
`;

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Calls the server all the while, from two sides. @returns milliseconds of each call */
async function callsFor(box: Box, ms: number): Promise<number[]> {
  const times: number[] = [];
  const end = Date.now() + ms;
  const caller = async (method: string): Promise<void> => {
    while (Date.now() < end) {
      const began = performance.now();
      await box.call(method);
      times.push(performance.now() - began);
      await sleep(15);
    }
  };
  await Promise.all([caller('package.list'), caller('server.status'), caller('notification.list')]);
  return times;
}

const disks: readonly (readonly [string, DiskOptions['kind']])[] = [
  ['btrfs, which keeps disk limits itself', 'btrfs'],
  ['ext4, where the kernel looks after them', 'ext4'],
];
/** The second way is tried in deep runs. */
const tried = process.env['HEARTH_DEEP'] === undefined ? disks.slice(0, 1) : disks;

describe.each(tried)('on %s', (_, kind) => {
  const counts = kind === 'btrfs';
  let box: Box;
  let services: SmallServices;

  beforeAll(async () => {
    box = await makeBox([], { kind, bytes: 8 * 1024 * mebibyte });
    mkdirSync(box.config.data, { recursive: true });
    writeFileSync(join(box.config.data, 'config.json'), JSON.stringify({ deadlineScale: 0.5 }), { mode: 0o644 });
    await box.start();
    services = new SmallServices(box);
    await services.install({ id: 'victim', code: victim });
    const limits = { memory: 256 * mebibyte, pids: 200, cpuWeight: 50, disk: 200 * mebibyte };
    await services.install({ id: 'greedy', code: greedy, image: true, manifest: { limits } });
    for (const id of ['victim', 'greedy']) {
      await box.call('package.start', { id });
      await services.until(id, 'running');
    }
    await waited(
      async () => (await services.told('serviceHealth', 'victim')).beat,
      () => 'the first beat',
    );
  }, 5 * minute);
  afterAll(async () => {
    await box.close();
  }, 3 * minute);

  test('limits of a package count, and the machine says which it does not keep', async () => {
    const stats = await box.call('package.stats', { id: 'greedy' });
    expect(stats.memoryLimit).toBe(256 * mebibyte);
    const answer = await box.call('package.set-limits', { id: 'greedy', ioWeight: 10 });
    expect(answer.applied).toBe(true);
    expect(answer.unkept.includes('disk')).toBe(!counts);
  });

  test.each(['memory', 'disk', 'fork'])('a service greedy for %s harms nobody else', async (attack) => {
    const before = percentile(await callsFor(box, watchMs / 2), 0.99);
    const startedAt = (await services.row('victim')).status.startedAt;
    await box.call('package.action.run', { packageId: 'greedy', actionId: attack });
    const times = await callsFor(box, watchMs);
    const figures = { before, median: percentile(times, 0.5), p99: percentile(times, 0.99), worst: Math.max(...times) };
    const told = Object.entries(figures).map(([name, ms]) => `${name} ${ms.toFixed(0)} ms`);
    process.stderr.write(`Greedy for ${attack}: ${times.length} calls, ${told.join(', ')}\n`);
    expect(figures.worst).toBeLessThan(slowestMs);
    const { beat } = await services.told('serviceHealth', 'victim');
    expect(beat).toMatchObject({ result: 'success', message: 'beating' });
    expect((await services.row('victim')).status).toMatchObject({ actual: 'running', startedAt });
    if (attack === 'memory') {
      const notified = await waited(
        async () => JSON.stringify(await box.call('notification.list')).includes('Greedy ran out of memory'),
        () => 'the owner to be told',
      );
      expect(notified).toBe(true);
    }
    if (attack === 'disk') {
      const fill = join(services.volume('greedy'), 'fill');
      if (counts) {
        // A little more may be on its way when the limit is met.
        const taken = statSync(fill).blocks * 512;
        expect(taken).toBeGreaterThan(20 * mebibyte);
        expect(taken).toBeLessThan(220 * mebibyte);
      } else {
        const row = await services.until('greedy', 'stopped');
        expect(row.error?.code).toBe('services.diskLimit');
      }
      rmSync(fill);
    }
    if (attack === 'fork') expect((await box.call('package.stats', { id: 'greedy' })).pids).toBeLessThanOrEqual(200);
    // Whatever it was, it can be stopped, and begins anew.
    await box.call('package.stop', { id: 'greedy', force: true });
    await services.until('greedy', 'stopped');
    await box.call('package.start', { id: 'greedy' });
    await services.until('greedy', 'running');
  });
});
