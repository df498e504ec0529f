/** Every way a service, or work on one, is refused or fails. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('services', {
  notInstalled: { kind: 'NOT_FOUND', message: 'Cannot find service "{service}": it is not installed' },
  notReady: { kind: 'UNAVAILABLE', message: 'Cannot work on services: the engine has not been asked yet' },
  illegalMove: { kind: 'INTERNAL', message: 'Cannot {move} service "{service}": it is {state}' },
  busy: { kind: 'CONFLICT', message: 'Cannot {verb} service "{service}": it is {state}' },
  notRunning: { kind: 'CONFLICT', message: 'Cannot restart service "{service}": it is {state}' },
  limitTooLarge: {
    kind: 'INVALID_INPUT',
    message: 'Cannot let service "{service}" use {memory} bytes of memory: the machine has {total}',
  },
  diskLimit: {
    kind: 'CONFLICT',
    message: 'Cannot go on with service "{service}": its data takes {bytes} bytes, {limit} are allowed',
  },
  needsOthers: {
    kind: 'CONFLICT',
    message: 'Cannot start service "{service}": it needs {others}, which do not run',
  },
  halted: { kind: 'CONFLICT', message: 'Cannot {verb} service "{service}": the server is being turned off' },
  taskOpen: { kind: 'CONFLICT', message: 'Cannot start service "{service}": {reason}' },

  containerGone: { kind: 'UNAVAILABLE', message: 'Cannot go on with service "{service}": its container ended' },
  guestSilent: {
    kind: 'TIMEOUT',
    message: 'Cannot reach the inside of service "{service}": it said nothing for {seconds} s',
  },
  guestSlow: {
    kind: 'TIMEOUT',
    message: 'Cannot wait longer for "{procedure}" of service "{service}": {seconds} s are over',
  },
  // Not INTERNAL, which keeps its words to itself: these are the package's own, for the owner.
  scriptFailed: { kind: 'CONFLICT', message: 'Cannot run "{procedure}" of service "{service}": {details}' },
  guestAnswer: {
    kind: 'INTERNAL',
    message: 'Cannot use what "{procedure}" of service "{service}" answered: {details}',
  },

  notInstalling: { kind: 'CONFLICT', message: 'Cannot cancel the installation of "{service}": none is under way' },
  alreadyInstalled: { kind: 'CONFLICT', message: 'Cannot restore service "{service}": it is installed' },
  dataKept: {
    kind: 'CONFLICT',
    message: 'Cannot restore service "{service}": data of an earlier installation is kept; remove it first',
  },
  unknownSource: { kind: 'NOT_FOUND', message: 'Cannot fetch a package from "{source}": there is no such source' },
  sourceTwice: { kind: 'CONFLICT', message: 'Cannot add package source "{source}": another one has the same name' },
  cannotLook: { kind: 'CONFLICT', message: 'Cannot tell what "{source}" would bring: it cannot show it beforehand' },
  notAsPlanned: {
    kind: 'CONFLICT',
    message: 'Cannot install "{service}": what was fetched is not what the plan showed',
  },
  noFill: { kind: 'INTERNAL', message: 'Cannot restore from "{source}": it holds no data' },
  noSpace: {
    kind: 'CONFLICT',
    message: 'Cannot install "{title}": {needed} bytes are needed and {free} are free',
  },
  noSpaceAside: {
    kind: 'CONFLICT',
    message: 'Cannot update "{title}": putting its data aside needs {needed} bytes and {free} are free',
  },
  notHealthy: { kind: 'CONFLICT', message: 'Cannot keep the new version of service "{service}": {reason}' },
  tooMany: { kind: 'CONFLICT', message: 'Cannot install service "{service}": all {limit} places are taken' },
  wrongPackage: { kind: 'INVALID_INPUT', message: 'Cannot install "{service}": the archive holds "{found}"' },
  wrongCommitment: {
    kind: 'INVALID_INPUT',
    message: 'Cannot install "{service}": the archive is not the one its source vouches for',
  },
  wrongArchitecture: {
    kind: 'INVALID_INPUT',
    message: 'Cannot install "{service}": image "{image}" is not made for {architecture}',
  },
  needsMemory: {
    kind: 'CONFLICT',
    message: 'Cannot install "{service}": it needs {needed} bytes of memory and the machine has {total}',
  },
  needsNewer: {
    kind: 'CONFLICT',
    message: 'Cannot install "{service}": it needs StartOS {wanted}, this server offers {offered}',
  },
  needsFeature: {
    kind: 'CONFLICT',
    message: 'Cannot install "{service}": it needs {feature}, which this server lacks',
  },
  sameVersion: {
    kind: 'CONFLICT',
    message: 'Cannot update service "{service}": this very package is installed',
  },
  cannotMigrate: {
    kind: 'CONFLICT',
    message:
      'Cannot go from version {from} to {to} of "{service}": {to} takes data over from "{takesFrom}", {from} leaves it for "{leavesFor}"',
  },
  fileTooLarge: {
    kind: 'INVALID_INPUT',
    message: 'Cannot hand a file to service "{service}": it has {size} bytes, {limit} are allowed',
  },
  uploadMissing: { kind: 'NOT_FOUND', message: 'Cannot install upload "{upload}": it is not there' },

  unknownAction: { kind: 'NOT_FOUND', message: 'Cannot find action "{action}" of service "{service}"' },
  actionDisabled: { kind: 'CONFLICT', message: 'Cannot run action "{action}" of service "{service}": {reason}' },
  inputInvalid: { kind: 'INVALID_INPUT', message: 'Cannot run action "{action}" of service "{service}": {reason}' },
  actionNotNow: {
    kind: 'CONFLICT',
    message: 'Cannot run action "{action}" of service "{service}": it may run only while the service is {wanted}',
  },
  unknownTask: { kind: 'NOT_FOUND', message: 'Cannot find task "{task}" of service "{service}"' },
  taskCritical: { kind: 'CONFLICT', message: 'Cannot dismiss task "{task}" of service "{service}": it is critical' },
});

/** What a package's script is told; the kinds become StartOS's numbers and texts in `effects/answer.ts`. */
export const effectErrors = defineErrors('effects', {
  unknownMethod: { kind: 'METHOD_NOT_FOUND', message: 'unknown method {method}' },
  invalidParams: { kind: 'INVALID_INPUT', message: '{reason}' },
  unsupported: { kind: 'CONFLICT', message: '{feature} is not offered by this server' },
  notFound: { kind: 'NOT_FOUND', message: '{what} not found' },
  refused: { kind: 'CONFLICT', message: '{reason}' },
  notAllowed: { kind: 'FORBIDDEN', message: '{reason}' },
});
