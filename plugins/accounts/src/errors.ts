import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('accounts', {
  wrongPassword: { kind: 'UNAUTHENTICATED', message: 'Cannot log in: the password is wrong' },
  wrongCode: { kind: 'FORBIDDEN', message: 'Cannot set up the server: the one-time code is wrong' },
  tooManyAttempts: { kind: 'UNAVAILABLE', message: 'Cannot try again yet: wait {seconds} seconds' },
  alreadySetUp: { kind: 'CONFLICT', message: 'Cannot set up the server: it already is' },
  notSetUp: { kind: 'CONFLICT', message: 'Cannot log in: the server is not set up yet' },
  privateOnly: {
    kind: 'FORBIDDEN',
    message: 'Cannot set up the server from "{address}": it is not on the local network',
  },
  noBrowserSession: { kind: 'INVALID_INPUT', message: 'Cannot log in here: this door keeps no sessions' },
  unknownSession: { kind: 'NOT_FOUND', message: 'Cannot find session "{id}": it does not exist' },
});
