/** `container.stop` and `container.remove`: ends everything in a container, then takes every mount of it down. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errors } from '../errors.ts';
import type { Machine } from '../host/machine.ts';
import { containerName, vethName } from '../layout.ts';
import { destroyQueue } from '../subcontainers/queue.ts';
import { dropMount, removeTree } from '../system/mounts.ts';
import { signalProcess, waitForEnd } from '../system/process.ts';
import { attempt } from '../system/run.ts';
import { namesIn } from '../volumes/volumes.ts';
import { dropRecord, loadRecord } from './state.ts';
import { dropView } from './view.ts';

export async function stopContainer(machine: Machine, service: string, killAfterMs: number): Promise<void> {
  const record = loadRecord(machine, service);
  if (record && killAfterMs > 0 && signalProcess(record.init, 'SIGTERM')) await waitForEnd(record.init, killAfterMs);
  await tearDown(machine, service);
}

/** Removes what `container.start` made, except volumes and images. */
export async function removeContainer(machine: Machine, service: string): Promise<void> {
  const { config, layout } = machine;
  await tearDown(machine, service);
  await removeTree(join(layout.logs, service));
  await removeTree(join(config.lxcPath, containerName(config, service)));
  for (const name of [`${service}.log`, `${service}.log.1`]) await rm(join(layout.consoles, name), { force: true });
}

/** Kills what runs and sweeps what any earlier run left, also one that a power cut or a crash ended. Repeatable. */
export async function tearDown(machine: Machine, service: string): Promise<void> {
  const { layout } = machine;
  await kill(machine, service);
  await machine.queues.idle(destroyQueue(service));
  const shared = join(layout.subcontainers, service);
  for (const guid of await namesIn(shared)) await dropMount(join(shared, guid));
  await dropMount(shared);
  const uppers = join(layout.uppers, service);
  if (existsSync(uppers)) await removeTree(uppers);
  await dropView(machine, service);
  await dropRecord(machine, service);
}

/** LXC's monitor goes on for a moment after the init: it still removes the cable and the cgroups. */
async function kill(machine: Machine, service: string): Promise<void> {
  const { config } = machine;
  const name = containerName(config, service);
  const record = loadRecord(machine, service);
  const configuration = join(config.lxcPath, name, 'config');
  if (existsSync(configuration)) {
    const where = ['-P', config.lxcPath, '-n', name];
    await attempt('lxc-stop', [...where, '-k'], { timeoutMs: 30_000 });
    const stopped = await attempt('lxc-wait', [...where, '-s', 'STOPPED', '-t', '20'], { timeoutMs: 30_000 });
    if (stopped.code !== 0) throw errors.containerStopFailed({ service });
    // Written anew by every start: where there is none there is nothing to ask LXC about.
    await rm(configuration);
  }
  if (!record) return;
  if (!(await waitForEnd(record.init, 10_000))) throw errors.containerStopFailed({ service });
  const cable = join('/sys/class/net', vethName(config, record.index));
  for (let waited = 0; existsSync(cable) && waited < 5000; waited += 20) await delay(20);
}
