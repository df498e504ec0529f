/**
 * Notices that a container ended or ran out of memory. Looking costs about 20 us a container and half a second; the
 * inits are nobody's children after the engine was started again, so no signal would come.
 */
import { cgroupVersion } from '../host/features.ts';
import type { Machine } from '../host/machine.ts';
import { isAlive } from '../system/process.ts';
import { usageOf } from './cgroups.ts';
import { type ContainerRecord, allRecords, loadRecord } from './state.ts';

const aliveEveryMs = 500;
const memoryEveryTicks = 10;

export interface Watch {
  /** From now on the end of this container is told. */
  add(record: ContainerRecord): void;
  /** Its end is wanted: tell nobody. */
  remove(service: string): void;
  removeAll(): void;
  close(): void;
}

/** Starts with the containers that already run. */
export async function watchContainers(machine: Machine): Promise<Watch> {
  const watched = new Map<string, { record: ContainerRecord; kills: number }>();
  const version = cgroupVersion();
  const add = (record: ContainerRecord) => {
    const kills = usageOf(record.init.pid, version)?.outOfMemoryKills ?? 0;
    watched.set(record.service, { record, kills });
  };
  for (const record of await allRecords(machine)) if (isAlive(record.init)) add(record);

  let tick = 0;
  const look = () => {
    tick += 1;
    for (const [service, seen] of watched) {
      const { instance, init } = seen.record;
      if (!isAlive(init)) {
        watched.delete(service);
        // A stop that began meanwhile removes the record: then the end was asked for.
        if (loadRecord(machine, service)?.instance === instance) {
          machine.events.emit('event', 'container.exited', { service, instance });
        }
      } else if (tick % memoryEveryTicks === 0) {
        const kills = usageOf(init.pid, version)?.outOfMemoryKills ?? seen.kills;
        if (kills > seen.kills) machine.events.emit('event', 'container.outOfMemory', { service, instance });
        seen.kills = kills;
      }
    }
  };
  const timer = setInterval(look, aliveEveryMs);
  timer.unref();
  return {
    add,
    remove: (service) => watched.delete(service),
    removeAll: () => watched.clear(),
    close: () => clearInterval(timer),
  };
}
