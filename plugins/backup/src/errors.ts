import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('backup', {
  unknownTarget: { kind: 'NOT_FOUND', message: 'Cannot find backup target "{target}": it does not exist' },
  targetKnown: { kind: 'CONFLICT', message: 'Cannot add folder "{path}": it is backup target "{target}" already' },
  targetBusy: { kind: 'CONFLICT', message: 'Cannot use backup target "{target}": a backup to it is running' },
  folderMissing: { kind: 'INVALID_INPUT', message: 'Cannot keep backups in "{path}": there is no such folder' },
  notFolder: { kind: 'INVALID_INPUT', message: 'Cannot keep backups in "{path}": not a folder' },
  insideData: {
    kind: 'INVALID_INPUT',
    message: 'Cannot keep backups in "{path}": it lies where the data itself is, and would be lost with it',
  },
  unknownService: { kind: 'NOT_FOUND', message: 'Cannot back up service "{service}": it is not installed' },
  nothingToDo: { kind: 'CONFLICT', message: 'Cannot back up: no service is installed' },
  noSnapshot: { kind: 'NOT_FOUND', message: 'Cannot restore service "{service}": the target holds no backup of it' },
  snapshotOfAnother: {
    kind: 'INVALID_INPUT',
    message: 'Cannot restore service "{service}": snapshot "{snapshot}" is not of it',
  },
  stillInstalled: {
    kind: 'CONFLICT',
    message: 'Cannot restore service "{service}": it is installed; uninstall it first',
  },
  damaged: { kind: 'CONFLICT', message: 'Cannot restore service "{service}": its backup is damaged' },
  allFailed: { kind: 'INTERNAL', message: 'Cannot back up any service: {reason}' },
});
