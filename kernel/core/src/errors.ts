/** Every way the kernel itself says no. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('kernel', {
  configUnreadable: { kind: 'INVALID_INPUT', message: 'Cannot read configuration file "{file}": {reason}' },
  configInvalid: { kind: 'INVALID_INPUT', message: 'Cannot use configuration key "{key}" from {source}: {reason}' },
  pluginTwice: { kind: 'CONFLICT', message: 'Cannot load plugin "{plugin}": another one has the same id' },
  pluginReserved: { kind: 'CONFLICT', message: 'Cannot load plugin "{plugin}": the kernel owns that name' },
  needTwice: { kind: 'CONFLICT', message: 'Cannot load plugin "{plugin}": "{other}" provides "{need}" already' },
  needMissing: { kind: 'NOT_FOUND', message: 'Cannot load plugin "{plugin}": nothing provides "{need}"' },
  needCircle: { kind: 'CONFLICT', message: 'Cannot order plugins {plugins}: they need each other in a circle' },
  methodTwice: { kind: 'CONFLICT', message: 'Cannot add method "{method}": another one has the same name' },
  routeTwice: { kind: 'CONFLICT', message: 'Cannot add route "{path}": another one has the same path' },
  notProvided: { kind: 'INTERNAL', message: 'Cannot use plugin "{plugin}": its set-up returned no "{need}"' },
  deadline: { kind: 'TIMEOUT', message: 'Cannot wait longer for {what}: {ms} ms are over' },
  dependencyFailed: { kind: 'UNAVAILABLE', message: 'Skipped because "{because}" did not start' },
  waiting: { kind: 'UNAVAILABLE', message: 'Cannot start yet: the {what} is away' },
  noSlice: { kind: 'INTERNAL', message: 'Cannot use the {part} slice of plugin "{plugin}": it declares none' },
  engineAway: { kind: 'UNAVAILABLE', message: 'Cannot reach the engine: {reason}' },
  engineAnswer: { kind: 'INTERNAL', message: 'Cannot use the answer of engine verb "{verb}": {reason}' },
  socketTaken: { kind: 'CONFLICT', message: 'Cannot listen on "{path}": {reason}' },
});

/** What the door and the dispatcher answer before a method is asked. */
export const rpcErrors = defineErrors('rpc', {
  unknownMethod: { kind: 'METHOD_NOT_FOUND', message: 'Cannot find method "{method}"' },
  signInFirst: { kind: 'UNAUTHENTICATED', message: 'Cannot call "{method}": no valid session' },
  notAllowed: { kind: 'FORBIDDEN', message: 'Cannot call "{method}": the role "{role}" may not' },
  outOfScope: { kind: 'FORBIDDEN', message: 'Cannot call "{method}": the token was not made for it' },
  invalidInput: { kind: 'INVALID_INPUT', message: 'Cannot call "{method}": {reason}' },
  invalidOutput: { kind: 'INTERNAL', message: 'Cannot answer "{method}": {reason}' },
  deadline: { kind: 'TIMEOUT', message: 'Cannot finish "{method}": {ms} ms are over' },
  wrongHost: { kind: 'FORBIDDEN', message: 'Cannot serve host "{host}": it is no name of this server' },
  wrongOrigin: { kind: 'FORBIDDEN', message: 'Cannot serve origin "{origin}": only the server\'s own pages may call' },
  tooLarge: { kind: 'INVALID_INPUT', message: 'Cannot take a body of more than {limit} bytes' },
  wrongType: { kind: 'INVALID_INPUT', message: 'Cannot take a body of type "{type}": {expected} is needed' },
  stopping: { kind: 'UNAVAILABLE', message: 'Cannot take calls: the kernel is stopping' },
  tooManySockets: { kind: 'UNAVAILABLE', message: 'Cannot open another feed: {limit} are open' },
  helloExpected: { kind: 'INVALID_INPUT', message: 'Cannot follow the state: a hello must come first, within {ms} ms' },
  noPointer: { kind: 'NOT_FOUND', message: 'Cannot find "{pointer}" in the state' },
  uploadFailed: { kind: 'INTERNAL', message: 'Cannot keep the uploaded file: {reason}' },
});
