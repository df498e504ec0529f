/** Every way a confined plugin is told no, and its owner about it. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('plugins', {
  unknown: { kind: 'NOT_FOUND', message: 'Cannot find plugin "{plugin}": it is not installed' },
  uploadMissing: { kind: 'NOT_FOUND', message: 'Cannot find the uploaded file: upload it first' },
  archiveTooLarge: { kind: 'INVALID_INPUT', message: 'Cannot take the plugin: it has more than {limit} bytes' },
  archiveInvalid: { kind: 'INVALID_INPUT', message: 'Cannot take the plugin: {reason}' },
  idTaken: { kind: 'CONFLICT', message: 'Cannot install plugin "{plugin}": a part of Hearth has that name' },
  otherSigner: {
    kind: 'FORBIDDEN',
    message: 'Cannot update plugin "{plugin}": another key signed it. Remove the installed one first if that is meant',
  },
  changed: { kind: 'CONFLICT', message: 'Cannot install plugin "{plugin}": it is not the file that was looked at' },
  grantNeeded: {
    kind: 'CONFLICT',
    message: 'Cannot install plugin "{plugin}": it needs what you have not allowed: {sentences}',
  },
  notAsked: { kind: 'INVALID_INPUT', message: 'Cannot allow "{capability}": plugin "{plugin}" does not ask for it' },
  tooMany: { kind: 'CONFLICT', message: 'Cannot install plugin "{plugin}": {limit} are installed' },
  notRunning: { kind: 'UNAVAILABLE', message: 'Cannot reach plugin "{plugin}": {reason}' },
  ended: { kind: 'UNAVAILABLE', message: 'Cannot finish: plugin "{plugin}" ended meanwhile' },
  failed: { kind: 'INTERNAL', message: 'Cannot finish: plugin "{plugin}" failed: {reason}' },
  oddAnswer: { kind: 'INTERNAL', message: 'Cannot use the answer of plugin "{plugin}": {reason}' },
  cannotConfine: {
    kind: 'UNAVAILABLE',
    message: 'Cannot run plugins: this machine cannot confine them ({reason})',
  },
});

/** What a plugin itself is answered. */
export const refusals = defineErrors('plugin', {
  notGranted: { kind: 'FORBIDDEN', message: 'Cannot use "{verb}": the owner has not granted "{capability}"' },
  notCovered: { kind: 'FORBIDDEN', message: 'Cannot use "{verb}" for "{what}": the grant does not cover it' },
  unknownVerb: { kind: 'METHOD_NOT_FOUND', message: 'Cannot find "{verb}"' },
  invalidInput: { kind: 'INVALID_INPUT', message: 'Cannot use "{verb}": {reason}' },
  full: { kind: 'CONFLICT', message: 'Cannot keep it: {limit} are the most' },
  tooOften: { kind: 'CONFLICT', message: 'Cannot do it again: {limit} are the most' },
  notThere: { kind: 'NOT_FOUND', message: 'Cannot find {what} "{name}" in the manifest' },
  hostRefused: { kind: 'FORBIDDEN', message: 'Cannot reach "{host}": {reason}' },
  notUnderWay: { kind: 'NOT_FOUND', message: 'Cannot find the operation: it is not under way' },
  noBlob: { kind: 'CONFLICT', message: 'Cannot {verb} the blob: {reason}' },
  fetchFailed: { kind: 'UNAVAILABLE', message: 'Cannot fetch from "{host}": {reason}' },
  failed: { kind: 'INTERNAL', message: 'Cannot do it: something in the server failed' },
});
