import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('pluginKit', {
  idInvalid: {
    kind: 'INVALID_INPUT',
    message: 'Cannot name a plugin "{id}": small letters and digits, words joined by hyphens',
  },
  folderTaken: { kind: 'CONFLICT', message: 'Cannot begin a plugin in {folder}: something is there already' },
  manifestMissing: { kind: 'NOT_FOUND', message: 'Cannot find {file}: is {folder} the folder of a plugin?' },
  manifestInvalid: { kind: 'INVALID_INPUT', message: 'Cannot use plugin.json: {reason}' },
  scriptInvalid: { kind: 'INVALID_INPUT', message: 'Cannot build {file}: {reason}' },
  fileOdd: { kind: 'INVALID_INPUT', message: 'Cannot pack file "{file}": {reason}' },
  testsFailed: { kind: 'CONFLICT', message: 'Cannot call it good: the tests of {folder} failed' },
  testsMissing: { kind: 'NOT_FOUND', message: 'Cannot find tests in {folder}: none of its files ends with .test.ts' },
});
