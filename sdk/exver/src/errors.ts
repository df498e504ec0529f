/** What parsing can refuse, and why. `position` counts UTF-16 units from 0. */
import { defineErrors } from '@hearth/contract/errors';

export const errors = defineErrors('exver', {
  syntax: { kind: 'INVALID_INPUT', message: 'Expected {expected} at position {position} of the {what}' },
  leadingZero: { kind: 'INVALID_INPUT', message: 'A number with a leading zero at position {position} of the {what}' },
  numberTooLarge: { kind: 'INVALID_INPUT', message: 'A number above 2^64 - 1 at position {position} of the {what}' },
  tooLong: { kind: 'INVALID_INPUT', message: 'The {what} has {length} characters; at most {limit} are read' },
  tooDeep: {
    kind: 'INVALID_INPUT',
    message: 'Nested deeper than {limit} at position {position} of the range',
  },
});
