/** Every way the state says no. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('state', {
  sliceTaken: { kind: 'CONFLICT', message: 'Cannot claim slice "{slice}": it has an owner' },
  sliceInvalid: { kind: 'INTERNAL', message: 'Cannot load slice "{slice}": {path} {reason}' },
  sliceTooNew: {
    kind: 'CONFLICT',
    message: 'Cannot load slice "{slice}": version {stored} is newer than this release, which knows {version}',
  },
  migrationMissing: { kind: 'INTERNAL', message: 'Cannot load slice "{slice}": nothing leads to version {to}' },
  migrationFailed: { kind: 'INTERNAL', message: 'Cannot bring slice "{slice}" to version {to}: {reason}' },
  invalid: { kind: 'INVALID_INPUT', message: 'Cannot commit to slice "{slice}": {path} {reason}' },
  forbiddenKey: { kind: 'INVALID_INPUT', message: 'Cannot store key "{key}": it would reach a prototype' },
  notPlain: { kind: 'INVALID_INPUT', message: 'Cannot store a value of type {type}: state is plain JSON data' },
  tooDeep: { kind: 'INVALID_INPUT', message: 'Cannot store a value nested more than {limit} deep' },
  draftClosed: { kind: 'INTERNAL', message: 'Cannot use a draft after its commit is over' },
  draftDetached: { kind: 'INTERNAL', message: 'Cannot change "{key}" of a part that was taken out of its draft' },
  draftAsync: { kind: 'INTERNAL', message: 'Cannot commit to slice "{slice}": the change must be synchronous' },
  closed: { kind: 'UNAVAILABLE', message: 'Cannot commit to slice "{slice}": the store is closed' },
  notDurable: {
    kind: 'UNAVAILABLE',
    message: 'Cannot commit to slice "{slice}": the journal did not take it ({reason})',
  },
  journalLocked: { kind: 'CONFLICT', message: 'Cannot open journal "{folder}": another process holds it' },
  journalUnreadable: { kind: 'INTERNAL', message: 'Cannot open journal "{folder}": {reason}' },
  journalTooNew: {
    kind: 'CONFLICT',
    message: 'Cannot open journal "{folder}": format {format} is newer than this release',
  },
  journalDamaged: {
    kind: 'INTERNAL',
    message: 'Cannot open the journal: file "{file}" is damaged at byte {at}',
  },
  journalGap: { kind: 'INTERNAL', message: 'Cannot replay the journal: row {expected} is missing' },
  replayFailed: { kind: 'INTERNAL', message: 'Cannot replay the journal: row {seq} does not fit' },
});
