/** Verbs on images, volumes, logs and backups. */
import { checkRepository, createBackup, prepareRepository } from '../backup/backup.ts';
import { restoreFiles, restoreVolumes } from '../backup/restore.ts';
import { listSnapshots } from '../backup/snapshots.ts';
import { runningRecord } from '../containers/state.ts';
import { errors } from '../errors.ts';
import { importImage, listImages, removeImages } from '../images/store.ts';
import { readLog } from '../logs/read.ts';
import { dropSnapshots, measureVolumes, restoreSnapshot, takeSnapshot } from '../volumes/snapshots.ts';
import { createVolume, listVolumes, readVersion, removeVolumes, writeVersion } from '../volumes/volumes.ts';
import type { Handlers } from './handler.ts';

export const storageVerbs: Handlers<
  | 'image.import'
  | 'image.remove'
  | 'image.list'
  | 'volume.create'
  | 'volume.remove'
  | 'volume.list'
  | 'volume.measure'
  | 'volume.snapshot'
  | 'volume.restore'
  | 'volume.drop'
  | 'volume.version.read'
  | 'volume.version.write'
  | 'backup.prepare'
  | 'backup.create'
  | 'backup.list'
  | 'backup.restoreFiles'
  | 'backup.restoreVolumes'
  | 'backup.check'
  | 'log.read'
> = {
  'image.import': ({ machine }, input, call) =>
    machine.queues.run(`images of ${input.service}`, () => importImage(machine, input, call)),
  'image.remove': ({ machine }, { service, revision }) =>
    machine.queues.run(`images of ${service}`, async () => {
      await removeImages(machine, service, revision);
      return {};
    }),
  'image.list': ({ machine }) => listImages(machine),
  'volume.create': ({ machine }, { service, volume }) =>
    machine.queues.run(service, async () => {
      await createVolume(machine, service, volume);
      return {};
    }),
  'volume.remove': ({ machine }, { service }) =>
    machine.queues.run(service, async () => {
      if (runningRecord(machine, service)) throw errors.serviceRunning({ service });
      await removeVolumes(machine, service);
      await dropSnapshots(machine, service, null);
      return {};
    }),
  'volume.list': ({ machine }) => listVolumes(machine),
  'volume.measure': ({ machine }, { service }, call) => measureVolumes(machine, service, call),
  'volume.snapshot': ({ machine }, { service, name }, call) =>
    machine.queues.run(service, () => takeSnapshot(machine, service, name, call)),
  'volume.restore': ({ machine }, { service, name }) =>
    machine.queues.run(service, async () => {
      await restoreSnapshot(machine, service, name);
      return {};
    }),
  'volume.drop': ({ machine }, { service, name }) =>
    machine.queues.run(service, async () => {
      await dropSnapshots(machine, service, name);
      return {};
    }),
  'volume.version.read': ({ machine }, { service }) => readVersion(machine, service),
  'volume.version.write': async ({ machine }, { service, version }) => {
    await writeVersion(machine, service, version);
    return {};
  },
  'backup.prepare': ({ machine }, input, call) => prepareRepository(machine, input, call),
  'backup.create': ({ machine }, input, call) =>
    machine.queues.run(`backup of ${input.service}`, () => createBackup(machine, input, call)),
  'backup.list': ({ machine }, input, call) => listSnapshots(machine, input, call),
  'backup.restoreFiles': async ({ machine }, input, call) => {
    await restoreFiles(machine, input, call);
    return {};
  },
  'backup.restoreVolumes': ({ machine }, input, call) =>
    machine.queues.run(input.service, async () => {
      await restoreVolumes(machine, input, call);
      return {};
    }),
  'backup.check': ({ machine }, input, call) => checkRepository(machine, input, call),
  'log.read': ({ machine }, input) => readLog(machine, input),
};
