import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('network', {
  unknownHostname: {
    kind: 'NOT_FOUND',
    message: 'Cannot certify host name "{hostname}": it is no name of this service',
  },
  tooManyCertificates: {
    kind: 'CONFLICT',
    message: 'Cannot certify more names for service "{service}": it holds {limit} certificates',
  },
  unusablePath: {
    kind: 'INVALID_INPUT',
    message: 'Cannot use folder "{path}" for the proxy: nginx cannot read a path with such characters',
  },
  portTaken: { kind: 'CONFLICT', message: 'Cannot listen on port "{port}": another program holds it' },
  notReady: { kind: 'UNAVAILABLE', message: 'Cannot certify yet: the certificate authority is being made' },
});
