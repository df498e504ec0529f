import { defineErrors } from '@hearth/contract';

export const mailErrors = defineErrors('mail', {
  notSet: { kind: 'CONFLICT', message: 'Cannot send a message: no mail server is set' },
  unreachable: { kind: 'UNAVAILABLE', message: 'Cannot reach mail server "{host}": {words}' },
  untrusted: { kind: 'UNAVAILABLE', message: 'Cannot trust mail server "{host}": {words}' },
  loginRefused: { kind: 'CONFLICT', message: 'Cannot log in to mail server "{host}": {words}' },
  refused: { kind: 'CONFLICT', message: 'Cannot send by mail server "{host}": {words}' },
});
