import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('notifications', {
  unknown: { kind: 'NOT_FOUND', message: 'Cannot find notification "{id}": it does not exist' },
});
