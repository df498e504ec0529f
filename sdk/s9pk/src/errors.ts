/** Every way an archive, a key, a source or a folder to be packed can be refused. The table is repeated, with reasons, in spec/20-s9pk.md. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('s9pk', {
  // The bytes themselves.
  truncated: { kind: 'INVALID_INPUT', message: 'Cannot read archive: {needed} bytes needed, {size} there' },
  badMagic: { kind: 'INVALID_INPUT', message: 'Cannot open archive: it does not start with the S9PK magic' },
  unsupportedVersion: {
    kind: 'INVALID_INPUT',
    message: 'Cannot open archive: format version {version} is not supported',
  },
  badSignature: { kind: 'INVALID_INPUT', message: 'Cannot trust archive: the signature does not fit its commitment' },
  rootTocTooLarge: {
    kind: 'INVALID_INPUT',
    message: 'Cannot open archive: its root directory may have {maximum} bytes, {limit} allowed',
  },
  commitmentMismatch: { kind: 'INVALID_INPUT', message: 'Cannot trust archive: it is not the one that was promised' },
  tocLargerThanSigned: {
    kind: 'INVALID_INPUT',
    message: 'Cannot open directory "{path}": stored size {stored}, signed size {signed}',
  },
  tocTooLarge: { kind: 'INVALID_INPUT', message: 'Cannot open directory "{path}": {size} bytes, {limit} allowed' },
  tocBudgetExceeded: {
    kind: 'INVALID_INPUT',
    message: 'Cannot open archive: its directories take more than {limit} bytes',
  },
  tooManyEntries: { kind: 'INVALID_INPUT', message: 'Cannot open archive: more than {limit} entries' },
  tooDeep: { kind: 'INVALID_INPUT', message: 'Cannot open directory "{path}": nested deeper than {limit}' },
  countTooLarge: { kind: 'INVALID_INPUT', message: 'Cannot open directory "{path}": it cannot hold {count} entries' },
  varintTooLong: { kind: 'INVALID_INPUT', message: 'Cannot read number: it does not end or exceeds 64 bits' },
  varintNotShortest: { kind: 'INVALID_INPUT', message: 'Cannot read number: it is not in its shortest form' },
  numberTooLarge: { kind: 'INVALID_INPUT', message: 'Cannot read number {value}: larger than 2^53 - 1' },
  tocTruncated: { kind: 'INVALID_INPUT', message: 'Cannot read directory: it ends within an entry' },
  trailingBytes: { kind: 'INVALID_INPUT', message: 'Cannot read directory: {count} bytes are left after its entries' },
  badName: { kind: 'INVALID_INPUT', message: 'Cannot accept name {name}: {reason}' },
  duplicateName: { kind: 'INVALID_INPUT', message: 'Cannot accept name {name}: it stands twice in one directory' },
  badType: { kind: 'INVALID_INPUT', message: 'Cannot read entry {name}: unknown type {type}' },
  tocHashMismatch: { kind: 'INVALID_INPUT', message: 'Cannot trust directory "{path}": it is not what was signed' },
  outOfBounds: { kind: 'INVALID_INPUT', message: 'Cannot accept "{path}": it lies outside the archive' },
  overlap: { kind: 'INVALID_INPUT', message: 'Cannot accept "{path}": it overlaps another part of the archive' },
  hashMismatch: { kind: 'INVALID_INPUT', message: 'Cannot trust file "{path}": its content is not what was signed' },
  fileTooLarge: { kind: 'INVALID_INPUT', message: 'Cannot read file "{path}": {size} bytes, {limit} possible' },

  // What is asked of an archive.
  entryNotFound: { kind: 'NOT_FOUND', message: 'Cannot find "{path}": the archive does not list it' },
  entryMissing: { kind: 'NOT_FOUND', message: 'Cannot read "{path}": it was left out of this copy of the archive' },
  notAFile: { kind: 'INVALID_INPUT', message: 'Cannot read "{path}": it is a directory' },
  packageIncomplete: { kind: 'INVALID_INPUT', message: 'Cannot accept package: "{path}" is not in it' },
  packageAmbiguous: { kind: 'INVALID_INPUT', message: 'Cannot accept package: it has more than one {what}' },
  packageStray: { kind: 'INVALID_INPUT', message: 'Cannot accept package: "{path}" does not belong in it' },
  manifestInvalid: { kind: 'INVALID_INPUT', message: 'Cannot read manifest: {reason}' },
  architectureAbsent: {
    kind: 'INVALID_INPUT',
    message: 'Cannot use package on {architecture}: image "{image}" is not built for it',
  },

  // Making archives.
  badKey: { kind: 'INVALID_INPUT', message: 'Cannot read key: {reason}' },
  unpackable: { kind: 'INVALID_INPUT', message: 'Cannot pack "{path}": {reason}' },
  contentChanged: { kind: 'CONFLICT', message: 'Cannot write "{path}": its content changed meanwhile' },
  destinationExists: { kind: 'CONFLICT', message: 'Cannot write "{path}": it exists already' },

  // Where archives come from.
  sourceUnreadable: { kind: 'UNAVAILABLE', message: 'Cannot read archive: {reason}' },
  sourceChanged: { kind: 'UNAVAILABLE', message: 'Cannot read archive: it changed while it was read' },
  remoteRefused: { kind: 'UNAVAILABLE', message: 'Cannot download archive: the server answered {status}' },
  remoteTooLarge: { kind: 'INVALID_INPUT', message: 'Cannot download archive: more than {limit} bytes' },
});
