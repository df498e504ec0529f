/** Every way the accounts say no. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('accounts', {
  notSetUp: { kind: 'CONFLICT', message: 'Cannot log in: the server has not been set up' },
  alreadySetUp: { kind: 'CONFLICT', message: 'Cannot set up the server: it has an owner' },
  wrongCode: { kind: 'FORBIDDEN', message: 'Cannot set up the server: the code is wrong' },
  privateOnly: { kind: 'FORBIDDEN', message: 'Cannot set up the server from "{address}": only its own network may' },
  wrongPassword: { kind: 'FORBIDDEN', message: 'Cannot log in: the password is wrong' },
  tooManyAttempts: { kind: 'UNAVAILABLE', message: 'Cannot try again yet: wait {seconds} seconds' },
  busy: { kind: 'UNAVAILABLE', message: 'Cannot check the password now: too many others are trying' },
  noSession: { kind: 'CONFLICT', message: 'Cannot end the session: this call belongs to none' },
  oldPasswordNeeded: { kind: 'INVALID_INPUT', message: 'Cannot change the password without the old one' },
  tooMuch: { kind: 'FORBIDDEN', message: 'Cannot make the token: it would be worth more than the one that makes it' },
  personOnly: { kind: 'FORBIDDEN', message: 'Cannot do this with a token: only somebody who is logged in may' },
  hashUnreadable: { kind: 'INTERNAL', message: 'Cannot read the stored password hash' },
});
