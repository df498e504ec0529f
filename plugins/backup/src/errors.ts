import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('backup', {
  unknownTarget: { kind: 'NOT_FOUND', message: 'Cannot find backup target "{target}": it does not exist' },
  targetKnown: { kind: 'CONFLICT', message: 'Cannot add folder "{path}": it is backup target "{target}" already' },
  placeKnown: { kind: 'CONFLICT', message: 'Cannot add the place: it is backup target "{target}" already' },
  unknownKind: { kind: 'NOT_FOUND', message: 'Cannot find kind of place "{kind}": no plugin offers it' },
  kindUnavailable: { kind: 'UNAVAILABLE', message: 'Cannot use kind of place "{kind}": {reason}' },
  badSettings: { kind: 'INVALID_INPUT', message: 'Cannot use what was filled in for "{field}": {reason}' },
  settingsOutdated: {
    kind: 'CONFLICT',
    message: 'Cannot use backup target "{target}": its plugin needs to know more by now; add it anew',
  },
  targetUnavailable: { kind: 'UNAVAILABLE', message: 'Cannot use backup target "{target}": {reason}' },
  targetFailed: { kind: 'UNAVAILABLE', message: 'Cannot use backup target "{target}": {reason}' },
  wrongSize: { kind: 'CONFLICT', message: 'Cannot read the blob: it has not {size} bytes' },
  tooManyBlobs: { kind: 'CONFLICT', message: 'Cannot list the place: it holds more than {limit} blobs' },
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
