/** Inputs of every kind, fixed and worked out at the time. */
import { z } from '@start9labs/start-sdk';
import { note, sdk } from '../sdk';
import { metadata, single } from './metadata';

const { InputSpec, List, Value, Variants } = sdk;

const point = InputSpec.of({
  x: Value.number({ name: 'X', default: 1, required: true, integer: false, step: 0.5 }),
  y: Value.number({ name: 'Y', default: null, required: false, integer: true }),
});

const spec = InputSpec.of({
  toggle: Value.toggle({ name: 'Toggle', default: true, footnote: 'On or off' }),
  triState: Value.triState({ name: 'Three states', default: null }),
  text: Value.text({
    name: 'Text',
    required: true,
    default: { charset: 'a-f', len: 8 },
    minLength: 2,
    maxLength: 20,
    patterns: [sdk.patterns.ascii],
    generate: { charset: 'a-z,0-9', len: 12 },
    inputmode: 'text',
  }),
  secret: Value.text({ name: 'Secret', required: false, default: null, masked: true, placeholder: 'nothing' }),
  textarea: Value.textarea({ name: 'Long text', required: false, default: null, minRows: 2, maxRows: 4 }),
  number: Value.number({ name: 'Number', required: true, default: 5, integer: true, min: 1, max: 9 }),
  color: Value.color({ name: 'Colour', required: false, default: null }),
  datetime: Value.datetime({ name: 'Day', required: false, default: null, inputmode: 'date', min: '2020-01-01' }),
  select: Value.select({ name: 'One of', default: 'a', values: { a: 'First', b: 'Second' } }),
  multiselect: Value.multiselect({
    name: 'Some of',
    default: ['a'],
    values: { a: 'First', b: 'Second' },
    maxLength: 1,
  }),
  object: Value.object({ name: 'Point' }, point),
  union: Value.union({
    name: 'Either',
    default: 'none',
    variants: Variants.of({
      none: { name: 'Nothing', spec: InputSpec.of({}) },
      point: { name: 'A point', spec: point },
    }),
  }),
  file: Value.file({ name: 'File', required: false, extensions: ['.txt'] }),
  list: Value.list(List.text({ name: 'Words', default: ['one'], minLength: 1, maxLength: 3 }, { patterns: [] })),
  points: Value.list(List.obj({ name: 'Points', default: [] }, { spec: point, uniqueBy: 'x', displayAs: '{{x}}' })),
  hidden: Value.hidden(z.string()),
  doubled: Value.number({ name: 'Doubled', required: true, default: 2, integer: true }).map((n) => n * 2),
  locked: Value.toggle({ name: 'Locked', default: false }).withDisabled('Not yours to change'),
});

export const everyInput = sdk.Action.withInput(
  'every-input',
  metadata('Every input'),
  spec,
  async ({ prefill }) => ({ number: 7, hidden: 'kept', ...prefill }),
  async ({ input }) => single('Input', input),
);

const known = { values: { x: 'Ex', y: 'Why' }, disabled: ['y'] };

/** The same kinds, each worked out when the form is drawn. */
const moving = InputSpec.of({
  toggle: Value.dynamicToggle(async () => ({ name: 'Toggle', default: false, disabled: 'Later' })),
  triState: Value.dynamicTriState(async () => ({ name: 'Three states', default: true })),
  text: Value.dynamicText(async ({ prefill }) => ({
    name: `For ${(prefill as { text?: string } | null)?.text ?? 'nobody'}`,
    required: false,
    default: null,
  })),
  textarea: Value.dynamicTextarea(async () => ({ name: 'Long text', required: false, default: null })),
  number: Value.dynamicNumber(async () => ({ name: 'Number', required: true, default: 4, integer: true, max: 4 })),
  color: Value.dynamicColor(async () => ({ name: 'Colour', required: false, default: '#00ff00' })),
  datetime: Value.dynamicDatetime(async () => ({ name: 'Day', required: false, default: null })),
  select: Value.dynamicSelect(async () => ({ name: 'One of', default: 'x', ...known })),
  multiselect: Value.dynamicMultiselect(async () => ({ name: 'Some of', default: [], ...known })),
  union: Value.dynamicUnion(async () => ({
    name: 'Either',
    default: 'point' as const,
    disabled: false as const,
    variants: Variants.of({ point: { name: 'A point', spec: point } }),
  })),
  file: Value.dynamicFile(async () => ({ name: 'File', required: false, extensions: ['.pem'] })),
  list: Value.list(List.dynamicText(async () => ({ name: 'Words', default: [], spec: { patterns: [] } }))),
  hidden: Value.dynamicHidden(async () => z.number()),
});

export const movingInput = sdk.Action.withInput(
  'moving-input',
  async () => metadata('Moving input'),
  async () =>
    moving
      .add({ added: Value.toggle({ name: 'Added', default: true }) })
      .disable({ added: true }, 'Look only')
      .filter({ secret: false } as never, true),
  async () => ({ hidden: 5 }),
  async ({ input }) => {
    await note(`moved ${JSON.stringify(input)}`);
  },
);

export const mailInput = sdk.Action.withInput(
  'mail',
  metadata('E-mail'),
  InputSpec.of({ smtp: sdk.inputSpecConstants.smtpInputSpec }),
  async () => ({ smtp: { selection: 'disabled' as const } }),
  async ({ input }) => single('Mail', input.smtp.selection),
);
