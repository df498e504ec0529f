/** Everything the engine refuses or fails at, with its words. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('engine', {
  badInput: { kind: 'INVALID_INPUT', message: 'Cannot run "{verb}": {issues}' },
  unknownVerb: { kind: 'METHOD_NOT_FOUND', message: 'Cannot run "{verb}": no such verb' },
  stopping: { kind: 'UNAVAILABLE', message: 'Cannot run "{verb}": the engine is stopping' },
  alreadyRunning: { kind: 'CONFLICT', message: 'Cannot listen on "{socket}": another engine answers there' },
  disconnected: { kind: 'UNAVAILABLE', message: 'Cannot reach the engine: the connection is closed' },

  commandMissing: { kind: 'UNAVAILABLE', message: 'Cannot run program "{command}": it is not installed' },
  commandFailed: { kind: 'INTERNAL', message: 'Cannot finish program "{command}": {words}' },
  commandTooSlow: { kind: 'TIMEOUT', message: 'Cannot finish program "{command}": no end after {seconds} s' },

  pathEscapes: { kind: 'FORBIDDEN', message: 'Cannot open path "{path}": it leaves its folder' },
  pathIsLink: { kind: 'FORBIDDEN', message: 'Cannot open path "{path}": a symbolic link is in the way' },
  pathMissing: { kind: 'NOT_FOUND', message: 'Cannot open path "{path}": not found' },
  pathNotFolder: { kind: 'CONFLICT', message: 'Cannot open path "{path}": not a folder' },
  pathNotFile: { kind: 'CONFLICT', message: 'Cannot open path "{path}": not a file of its own' },
  pathTooLarge: { kind: 'CONFLICT', message: 'Cannot read path "{path}": larger than {limit} bytes' },

  addressTaken: { kind: 'CONFLICT', message: 'Cannot use address "{address}": interface {holder} holds it' },
  bridgeTaken: { kind: 'CONFLICT', message: 'Cannot use bridge "{bridge}": it belongs to something else' },
  mountFailed: { kind: 'INTERNAL', message: 'Cannot mount "{target}": {words}' },
  mountBusy: { kind: 'CONFLICT', message: 'Cannot unmount "{target}": still in use' },
  badIdMap: { kind: 'INVALID_INPUT', message: 'Cannot map ids {fromId} to {toId}: outside 0 to 65535' },

  indexUnavailable: { kind: 'CONFLICT', message: 'Cannot use index {index}: the id block holds {services} services' },
  indexTaken: { kind: 'CONFLICT', message: 'Cannot use index {index}: service "{holder}" runs with it' },
  imageMissing: { kind: 'NOT_FOUND', message: 'Cannot find image "{image}" of service "{service}": not imported' },
  imageRefused: { kind: 'INVALID_INPUT', message: 'Cannot import image "{image}": {words}' },
  volumeMissing: { kind: 'NOT_FOUND', message: 'Cannot find volume "{volume}" of service "{service}": not created' },
  volumeNotEmpty: {
    kind: 'CONFLICT',
    message: 'Cannot restore volume "{volume}" of service "{service}": it is not empty',
  },
  snapshotFailed: { kind: 'CONFLICT', message: 'Cannot put the data of service "{service}" aside: {words}' },
  noSnapshot: {
    kind: 'NOT_FOUND',
    message: 'Cannot bring back the data of service "{service}": nothing was put aside',
  },
  serviceRunning: { kind: 'CONFLICT', message: 'Cannot change service "{service}": its container runs' },
  limitRefused: { kind: 'CONFLICT', message: 'Cannot limit container "{service}" now: {words}' },
  containerStopped: { kind: 'CONFLICT', message: 'Cannot reach container "{service}": it does not run' },
  containerStartFailed: { kind: 'INTERNAL', message: 'Cannot start container "{service}": {words}' },
  containerStopFailed: { kind: 'TIMEOUT', message: 'Cannot stop container "{service}": its init does not end' },
  subcontainerMissing: { kind: 'NOT_FOUND', message: 'Cannot find subcontainer "{guid}": not created' },
  subcontainerBusy: { kind: 'CONFLICT', message: 'Cannot destroy subcontainer "{guid}": programs still use it' },

  namesFailed: { kind: 'INTERNAL', message: 'Cannot serve names: {words}' },
  proxyRefused: { kind: 'INVALID_INPUT', message: 'Cannot apply the proxy configuration: {words}' },
  proxyFailed: { kind: 'INTERNAL', message: 'Cannot start the proxy: {words}' },

  repositoryForbidden: {
    kind: 'FORBIDDEN',
    message: 'Cannot keep backups in "{path}": {why}',
  },
  repositoryMissing: { kind: 'NOT_FOUND', message: 'Cannot open repository "{path}": there is none' },
  repositoryPassword: { kind: 'FORBIDDEN', message: 'Cannot open repository "{path}": wrong password' },
  repositoryLocked: { kind: 'CONFLICT', message: 'Cannot use repository "{path}": another backup holds it' },
  noRoomToRestore: {
    kind: 'CONFLICT',
    message: 'Cannot bring back the backup: {needed} bytes are needed and {free} are free',
  },
  repositoryFull: { kind: 'CONFLICT', message: 'Cannot write repository "{path}": no space left' },
  repositoryDamaged: { kind: 'CONFLICT', message: 'Cannot use repository "{path}": {words}' },
  snapshotMissing: { kind: 'NOT_FOUND', message: 'Cannot find snapshot "{snapshot}": not in the repository' },
  snapshotOfAnother: {
    kind: 'CONFLICT',
    message: 'Cannot restore snapshot "{snapshot}": it is not of service "{service}"',
  },

  baseWithoutSources: {
    kind: 'UNAVAILABLE',
    message: 'Cannot build the base system: no Debian package source is configured',
  },
});
