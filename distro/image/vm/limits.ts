/** What an owner limits a service to, set by the API and read back from what the kernel of Linux keeps. */
import assert from 'node:assert/strict';
import { type Box, service } from './box.ts';

const mebibyte = 1024 * 1024;
const limits = { memory: 512 * mebibyte, cpuWeight: 50, pids: 400, ioWeight: 50, disk: 900 * mebibyte };

/** At once, for the container that runs; nothing of it is beyond this machine. */
export async function limitService(box: Box): Promise<string> {
  const { applied, unkept } = await box.client.call('package.set-limits', { id: service, ...limits });
  assert.deepEqual({ applied, unkept }, { applied: true, unkept: [] });
  return checkLimits(box);
}

/** Answers what was read. */
export async function checkLimits(box: Box): Promise<string> {
  const { memory, cpuWeight, pids, ioWeight, disk } = limits;
  const high = Math.floor(memory * 0.95);
  // The kernel of Linux keeps whole pages.
  const expected = { 'memory.max': memory, 'memory.high': high - (high % 4096), ...weights(cpuWeight, pids, ioWeight) };
  assert.deepEqual(await told(box, Object.keys(expected)), Object.values(expected).map(String));
  assert.match(await quota(box), new RegExp(`\\s${disk}(\\s|$)`));
  return Object.entries(expected)
    .map((pair) => pair.join(' '))
    .join(', ');
}

/** As if the owner had never said a word. */
export async function freeService(box: Box): Promise<void> {
  const nothing = Object.fromEntries(Object.keys(limits).map((key) => [key, null]));
  await box.client.call('package.set-limits', { id: service, ...nothing });
  const expected = weights(100, 8192, 100);
  assert.deepEqual(await told(box, Object.keys(expected)), Object.values(expected).map(String));
  assert.doesNotMatch(await quota(box), new RegExp(`\\s${limits.disk}(\\s|$)`));
}

const weights = (cpu: number, processes: number, disk: number) => ({
  'pids.max': processes,
  'cpu.weight': cpu,
  'io.bfq.weight': `default ${disk}`,
});

async function told({ machine }: Box, files: readonly string[]): Promise<string[]> {
  const group = `/sys/fs/cgroup/lxc.payload.hearth-${service}`;
  return (await machine.shell.run(`cat ${files.map((file) => `${group}/${file}`).join(' ')}`)).split('\n');
}

/** The subvolume of its data is counted, and bounded. */
const quota = ({ machine }: Box): Promise<string> =>
  machine.shell.run(`btrfs qgroup show -r --raw -f /var/lib/hearth/engine/volumes/${service}`);
