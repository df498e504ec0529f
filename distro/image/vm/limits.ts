/** Limits of a service under cgroup v2: what the owner says is what the kernel was told, while the service runs. */
import assert from 'node:assert/strict';
import { type Box, service } from './box.ts';

const megabyte = 1024 ** 2;
const limits = { memory: 400 * megabyte, cpuWeight: 50, pids: 300, ioWeight: 200, disk: 512 * megabyte };
const group = `$(find /sys/fs/cgroup -type d -name lxc.payload.hearth-${service})`;

interface Set {
  readonly applied: boolean;
  readonly unkept: readonly string[];
}

/** Answers what kept the weight of input and output. */
export async function checkLimits(box: Box): Promise<string> {
  const inside = (command: string) => box.machine.shell.run(command);
  const set = (given: object) => box.client.call<Set>('package.set-limits', { id: service, ...given });
  const told = async (...files: string[]) =>
    (await inside(files.map((file) => `cat ${group}/${file}`).join('; '))).split('\n');
  const weighs = await inside(weighing);
  const { applied, unkept } = await set(limits);
  assert.equal(applied, true);
  // The scheduler was not there when the engine looked; all else this machine keeps.
  assert.deepEqual(
    unkept.filter((limit) => limit !== 'ioWeight'),
    [],
  );
  assert.deepEqual(await told('memory.max', 'memory.high', 'cpu.weight', 'pids.max'), [
    ...[String(limits.memory), String(Math.floor(limits.memory * 0.95)), '50', '300'],
  ]);
  if (weighs !== 'none') {
    const file = weighs === 'bfq' ? 'io.bfq.weight' : 'io.weight';
    assert.match((await told(file)).join('\n'), /^(?:default )?200$/m);
  }
  // The subvolume of its data is counted, and bounded.
  const quota = await inside(`btrfs qgroup show -re --raw /var | grep ${limits.disk}`);
  assert.match(quota, new RegExp(`\\b${limits.disk}\\b`));
  await set({ memory: null, cpuWeight: null, pids: null, ioWeight: null, disk: null });
  assert.deepEqual(await told('cpu.weight', 'pids.max'), ['100', '8192']);
  assert.equal(await inside(`btrfs qgroup show -re --raw /var | grep -c ${limits.disk} || true`), '0');
  await inside(forget);
  return `weight of input and output: ${weighs}`;
}

const disk = `$(lsblk -ndo PKNAME "$(findmnt -no SOURCE /var | sed 's/\\[.*//')")`;
/** What Debian's kernel has for it: the cost model, else a scheduler. */
const weighing = `
  d=${disk}; n=$(cat /sys/class/block/$d/dev)
  if echo "$n enable=1 ctrl=auto" > /sys/fs/cgroup/io.cost.qos; then echo cost model
  elif modprobe bfq && echo bfq > /sys/class/block/$d/queue/scheduler; then echo bfq
  else echo none; fi 2>/dev/null`;
const forget = `
  d=${disk}; n=$(cat /sys/class/block/$d/dev)
  { echo "$n enable=0" > /sys/fs/cgroup/io.cost.qos; echo none > /sys/class/block/$d/queue/scheduler; } 2>/dev/null; true`;
