/** Actions that change and wait for files. */
import { files } from '../files';
import { sdk } from '../sdk';
import { metadata, single } from './metadata';

const { InputSpec, Value } = sdk;

const sizeSpec = InputSpec.of({
  size: Value.number({ name: 'Size', default: 3, required: true, integer: true, min: 1, max: 10, units: 'shelves' }),
});

/** What another package may ask the owner to do, until it is as that package needs it. */
export const setSize = sdk.Action.withInput(
  'set-size',
  metadata('Set size', { access: 'public' }),
  sizeSpec,
  async () => ({ size: (await files.xml.read((s) => s.settings.size).once()) ?? 3 }),
  async ({ effects, input }) => {
    await files.xml.merge(effects, { settings: { size: input.size } });
  },
);

/** Runs until somebody writes the name into the file. */
export const waitForName = sdk.Action.withoutInput(
  'wait-for-name',
  metadata('Wait for a name'),
  async ({ effects }) => {
    const found = await files.env
      .read((s) => s.NAME)
      .waitFor(effects, (name) => name !== null && name.startsWith('Go'));
    return single('Name', found ?? '');
  },
);
