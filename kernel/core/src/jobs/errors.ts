import { defineErrors } from '@hearth/contract';

export const jobErrors = defineErrors('jobs', {
  notFound: { kind: 'NOT_FOUND', message: 'Cannot find job "{job}": it does not exist or was forgotten' },
  unknownKind: { kind: 'INTERNAL', message: 'Cannot run job of kind "{kind}": nobody defines it' },
  alreadyDefined: { kind: 'INTERNAL', message: 'Cannot define job kind "{kind}": it is defined already' },
  serviceBusy: { kind: 'CONFLICT', message: 'Cannot begin work on service "{service}": "{title}" is under way' },
  pastNoReturn: { kind: 'CONFLICT', message: 'Cannot cancel job "{title}": it is past the point of no return' },
  finished: { kind: 'CONFLICT', message: 'Cannot cancel job "{title}": it is over' },
  cancelled: { kind: 'CANCELLED', message: 'Cancelled' },
  interrupted: { kind: 'UNAVAILABLE', message: 'Cannot finish job "{title}": the server stopped during it' },
  closing: { kind: 'UNAVAILABLE', message: 'Cannot begin work "{title}": the server is stopping' },
});
