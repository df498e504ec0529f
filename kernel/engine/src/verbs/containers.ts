/** Verbs on containers, their subcontainers and mounts. Those that change one service wait for each other. */
import { attachMount } from '../attach/attach.ts';
import { applyLimits, limitFiles, usageOf } from '../containers/cgroups.ts';
import { requireRunning, startContainer } from '../containers/start.ts';
import { allRecords, loadRecord, stateOf } from '../containers/state.ts';
import { removeContainer, stopContainer } from '../containers/stop.ts';
import { errors } from '../errors.ts';
import { cgroupVersion } from '../host/features.ts';
import { limitDisk } from '../limits/disk.ts';
import { ioWeightFile } from '../limits/kept.ts';
import { destroyQueue } from '../subcontainers/queue.ts';
import { createSubcontainer, destroySubcontainer } from '../subcontainers/subcontainers.ts';
import type { Handlers } from './handler.ts';

export const containerVerbs: Handlers<
  | 'container.start'
  | 'container.limit'
  | 'container.stop'
  | 'container.remove'
  | 'container.list'
  | 'container.stats'
  | 'subcontainer.create'
  | 'subcontainer.destroy'
  | 'mount.attach'
> = {
  'container.start': ({ machine, watch }, input, { signal }) =>
    machine.queues.run(input.service, async () => {
      // A limit that cannot be kept is no reason not to start: the kernel looks after it then.
      await limitDisk(machine, input.service, input.limits.disk).catch(() => undefined);
      const state = await startContainer(machine, input, signal);
      const record = loadRecord(machine, input.service);
      if (record) watch.add(record);
      return state;
    }),
  'container.limit': ({ machine }, { service, limits }) =>
    machine.queues.run(service, async () => {
      const { init } = requireRunning(machine, service);
      const version = cgroupVersion();
      try {
        applyLimits(init.pid, limitFiles(limits, version, ioWeightFile(machine.config.data, version)));
      } catch (cause) {
        throw errors.limitRefused({ service, words: cause instanceof Error ? cause.message : '' }, cause);
      }
      await limitDisk(machine, service, limits.disk);
      return {};
    }),
  'container.stop': ({ machine, watch }, { service, killAfterMs }) =>
    machine.queues.run(service, async () => {
      watch.remove(service);
      await stopContainer(machine, service, killAfterMs);
      return {};
    }),
  'container.remove': ({ machine, watch }, { service }) =>
    machine.queues.run(service, async () => {
      watch.remove(service);
      await removeContainer(machine, service);
      return {};
    }),
  'container.list': async ({ machine }) => (await allRecords(machine)).map(stateOf),
  'container.stats': ({ machine }, { service }) => {
    const usage = usageOf(requireRunning(machine, service).init.pid, cgroupVersion());
    if (!usage) throw errors.containerStopped({ service });
    return usage;
  },
  'subcontainer.create': ({ machine }, { service, image, guid }) =>
    machine.queues.run(service, () => createSubcontainer(machine, service, image, guid)),
  'subcontainer.destroy': ({ machine }, { service, guid }) =>
    machine.queues.run(destroyQueue(service, guid), async () => {
      await destroySubcontainer(machine, service, guid);
      return {};
    }),
  'mount.attach': ({ machine }, input) =>
    machine.queues.run(input.service, async () => {
      await attachMount(machine, input);
      return {};
    }),
};
