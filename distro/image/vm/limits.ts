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
  const inside = (command: string) => box.machine.shell.run(command);
  const files = ['memory.max', 'memory.high', 'pids.max', 'cpu.weight', 'io.bfq.weight'];
  const values = await inside(`cd /sys/fs/cgroup/lxc.payload.hearth-${service} && cat ${files.join(' ')}; cd /`);
  const { memory, cpuWeight, pids, ioWeight, disk } = limits;
  const high = Math.floor(memory * 0.95);
  // The kernel of Linux keeps whole pages.
  const expected = [memory, high - (high % 4096), pids, cpuWeight, `default ${ioWeight}`];
  assert.equal(values, expected.join('\n'));
  const groups = await inside(`btrfs qgroup show -r --raw -f /var/lib/hearth/engine/volumes/${service}`);
  assert.match(groups, new RegExp(`\\s${disk}(\\s|$)`));
  return files.map((file, place) => `${file} ${expected[place] ?? ''}`).join(', ');
}
