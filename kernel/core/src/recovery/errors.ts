/** Every way going back says no. */
import { defineErrors } from '@hearth/contract';

export const errors = defineErrors('recovery', {
  noSnapshot: { kind: 'NOT_FOUND', message: 'Cannot find snapshot "{snapshot}" of the state' },
  snapshotDamaged: { kind: 'CONFLICT', message: 'Cannot read snapshot "{snapshot}" of the state: it is damaged' },
  notDamaged: { kind: 'CONFLICT', message: 'Cannot repair the state: nothing is wrong with it' },
});
