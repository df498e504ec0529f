import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('marketplace', {
  notFound: { kind: 'NOT_FOUND', message: 'No registry offers {id}{version}' },
  unknownRegistry: { kind: 'NOT_FOUND', message: 'There is no registry {url}' },
  registryKnown: { kind: 'CONFLICT', message: 'The registry {url} is there already' },
  registryFixed: { kind: 'CONFLICT', message: 'The registry {url} belongs to this server and cannot be removed' },
  registryAddress: {
    kind: 'INVALID_INPUT',
    message: '{url} cannot be a registry: its address must begin with https://, http:// or file:///',
  },
  registryUnreachable: { kind: 'UNAVAILABLE', message: 'The registry {url} does not answer: {reason}' },
  registryInvalid: { kind: 'INVALID_INPUT', message: 'What {url} offers is no registry: {reason}' },
  wrongArchitecture: { kind: 'CONFLICT', message: '{id} {version} is not offered for this machine ({architecture})' },
  signatureWrong: {
    kind: 'INVALID_INPUT',
    message: 'A signature of {id} {version} in the registry {registry} is wrong',
  },
  signerChanged: {
    kind: 'CONFLICT',
    message:
      'This update of {id} is signed by another key than the one you have. Install it only if the publisher told you so',
  },
  signerUnlisted: {
    kind: 'CONFLICT',
    message: 'The package that came is signed by {found}, which the registry did not say',
  },
  manifestUnreadable: { kind: 'INVALID_INPUT', message: 'The manifest of the package cannot be read: {reason}' },
  buildFailed: { kind: 'INTERNAL', message: 'Building {id} failed: {reason}' },
});
