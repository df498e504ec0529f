/** What can go wrong on this side, in words that say what to do. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('cli', {
  pluginUnknown: { kind: 'NOT_FOUND', message: 'Cannot find plugin "{plugin}": it is not installed' },
  pluginRefused: { kind: 'CONFLICT', message: '{reason}' },
  grantUnasked: {
    kind: 'INVALID_INPUT',
    message: 'Cannot ask for your agreement here: allow it with --yes, or some of it with --grant',
  },
  grantDeclined: { kind: 'CANCELLED', message: 'Nothing was installed' },
  notRunning: {
    kind: 'UNAVAILABLE',
    message: 'Cannot reach Hearth: nothing listens at {socket}. Start it (npm start), or name a box with --server URL',
  },
  notRoot: {
    kind: 'FORBIDDEN',
    message: 'Cannot open {socket}: only root may. Use sudo, or log in: hearth login URL',
  },
  unreachable: { kind: 'UNAVAILABLE', message: 'Cannot reach {server}: {reason}' },
  untrusted: {
    kind: 'FORBIDDEN',
    message:
      'Cannot trust {server}: its certificate is not known here. Compare the fingerprint on its set-up page and log in: hearth login {server}',
  },
  wrongFingerprint: {
    kind: 'FORBIDDEN',
    message: 'Cannot trust {server}: its certificate has the fingerprint {found}',
  },
  loggedOut: {
    kind: 'UNAUTHENTICATED',
    message: 'Cannot use {server}: nobody is logged in. Log in: hearth login {server}',
  },
  oddAnswer: { kind: 'UNAVAILABLE', message: 'Cannot understand {server}: it answered {status}' },
  badJson: { kind: 'INVALID_INPUT', message: 'Cannot read {what}: it is not JSON' },
  unreadable: { kind: 'NOT_FOUND', message: 'Cannot read "{path}": {reason}' },
  noPassword: { kind: 'INVALID_INPUT', message: 'Cannot ask for a password here: name a file with --password-file' },
  passwordsDiffer: { kind: 'INVALID_INPUT', message: 'Cannot use the password: the two entries differ' },
  folderOrKind: {
    kind: 'INVALID_INPUT',
    message: 'Cannot add a target: name a folder, or a kind of place with --kind',
  },
  unknownKind: {
    kind: 'NOT_FOUND',
    message: 'Cannot find kind of place "{kind}": no plugin offers it (hearth backup target kinds)',
  },
  unknownField: {
    kind: 'INVALID_INPUT',
    message: 'Cannot use "{field}": write one of these, =, and a value: {fields}',
  },
  secretArgument: {
    kind: 'INVALID_INPUT',
    message: 'Cannot take "{field}" from the command line, where others may see it: use --set-file {field}=FILE',
  },
  noTarget: {
    kind: 'INVALID_INPUT',
    message: 'Cannot choose where backups go: {count} targets. Name one with --target (hearth backup target list)',
  },
  notReached: { kind: 'CONFLICT', message: 'Cannot {verb} {service}: it is {actual}. {reason}' },
  badField: { kind: 'INVALID_INPUT', message: 'Cannot fill in "{path}": {reason}' },
  unknownTask: { kind: 'NOT_FOUND', message: 'Cannot find task "{task}" of service "{service}"' },
  needsOthers: {
    kind: 'CONFLICT',
    message: 'Cannot start {service}: it needs {others}, which are stopped. Add --with-dependencies, or --alone',
  },
  unknownService: { kind: 'NOT_FOUND', message: 'Cannot find service "{service}": it is not installed' },
  packageFails: { kind: 'CONFLICT', message: 'The package fails {count} of the steps it must stand: first "{first}"' },
  alreadyThere: {
    kind: 'CONFLICT',
    message: 'Cannot try package "{service}" on this box: it is installed, and its data is not for trying things out',
  },
  jobEnded: { kind: 'CONFLICT', message: 'The job ended as {state}' },
});
