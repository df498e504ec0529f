/** Tasks of every severity, of its own and for the owner of another package's. */
import { note, sdk } from './sdk';
import { choose } from './actions';

/** As far as this package needs to know the other's action. */
const setSize = { id: 'set-size' as const, _INPUT: {} as { size: number } };
const show = { id: 'show' as const, _INPUT: {} };

export const tasks = sdk.setupOnInit(async (effects, kind) => {
  if (kind !== 'install') return;
  await sdk.action.createTask(effects, 'workshop', show, 'optional', { reason: 'Have a look', replayId: 'look' });
  await sdk.action.createTask(effects, 'workshop', setSize, 'important', {
    reason: 'It has to fit',
    replayId: 'fit',
    when: { condition: 'input-not-matches', once: false },
    input: { kind: 'partial', accept: [{ size: 8 }, { size: 9 }], set: { size: 8 } },
  });
  await sdk.action.createOwnTask(effects, choose, 'critical', { reason: 'Nothing to do yet', replayId: 'choose' });
  await sdk.action.createOwnTask(effects, choose, 'optional', { replayId: 'passing' });
  await sdk.action.clearTask(effects, 'passing');
  await note('asked');
});
