/** Actions without input: every visibility, every status, every shape of result. */
import { readAll } from '../files';
import { sdk } from '../sdk';
import { metadata, single } from './metadata';

export const show = sdk.Action.withoutInput(
  'show',
  metadata('Show files', { access: 'public', group: 'Files' }),
  async () => ({
    version: '1',
    title: 'Files',
    message: 'As they are now',
    result: {
      type: 'group',
      value: Object.entries(await readAll()).map(([name, value]) => ({
        type: 'single' as const,
        name,
        description: null,
        value: JSON.stringify(value),
        copyable: false,
        qr: name === 'text',
        masked: name === 'raw',
      })),
    },
  }),
);

/** By way of the host, as another package would. */
export const showAgain = sdk.Action.withoutInput('show-again', metadata('Show again'), async ({ effects }) => {
  const result: any = await sdk.action.run({ effects, actionId: 'show' });
  return { ...single('Again', result.result.value.length), message: effects.eventId };
});

export const refuse = sdk.Action.withoutInput('refuse', metadata('Refuse', { access: 'dependent' }), async () => {
  throw new Error('The shelf holds ten: pick a smaller size');
});

export const hidden = sdk.Action.withoutInput('hidden', metadata('Hidden', { visibility: 'hidden' }), async () => null);

export const disabled = sdk.Action.withoutInput(
  'disabled',
  async () => metadata('Disabled', { visibility: { disabled: 'Not before spring' } }),
  async () => null,
);

export const onlyRunning = sdk.Action.withoutInput(
  'only-running',
  metadata('While running', { allowedStatuses: 'only-running', warning: 'It takes a while' }),
  async () => undefined,
);

export const onlyStopped = sdk.Action.withoutInput(
  'only-stopped',
  metadata('While stopped', { allowedStatuses: 'only-stopped' }),
  async () => undefined,
);
