/** The forms of the demonstration's actions: a usual one, and one with every kind of field. */
import type { ActionInput, InputSpec } from '../../forms/action.ts';

const configureSpec: InputSpec = {
  name: {
    type: 'text',
    name: 'Name of this device',
    description: 'How other devices see it.',
    required: true,
    default: 'Family Server',
    maxLength: 64,
    patterns: [{ regex: '^[^/]+$', description: 'A name without slashes.' }],
  },
  key: {
    type: 'text',
    name: 'API key',
    required: true,
    masked: true,
    default: { charset: 'a-z,0-9', len: 32 },
    generate: { charset: 'a-z,0-9', len: 32 },
  },
  limit: { type: 'number', name: 'Upload limit', units: 'Mbit/s', required: false, min: 1, max: 10_000, integer: true },
  discovery: {
    type: 'toggle',
    name: 'Find devices at home',
    description: 'By asking on the local network.',
    default: true,
  },
  level: {
    type: 'select',
    name: 'Log level',
    default: 'info',
    values: { error: 'Errors only', info: 'What matters', debug: 'Everything' },
  },
  folders: {
    type: 'list',
    name: 'Folder',
    default: ['Documents', 'Photos'],
    minLength: 1,
    spec: { type: 'text', placeholder: 'Documents' },
  },
  access: {
    type: 'union',
    name: 'Who may connect',
    default: 'known',
    variants: {
      known: { name: 'Only devices I added', spec: {} },
      password: {
        name: 'Anyone with the password',
        spec: { password: { type: 'text', name: 'Password', required: true, masked: true, minLength: 12 } },
      },
    },
  },
};

/** Every kind of field there is. */
const everySpec: InputSpec = {
  line: { type: 'text', name: 'A line', required: true, default: 'text', placeholder: 'anything', inputmode: 'email' },
  secret: {
    type: 'text',
    name: 'A secret',
    required: true,
    masked: true,
    generate: { charset: 'a-z', len: 16 },
    default: { charset: 'a-z', len: 16 },
  },
  lines: { type: 'textarea', name: 'Lines', required: false, default: 'one\ntwo', minRows: 2 },
  number: { type: 'number', name: 'A number', required: true, default: 4, min: 0, max: 20, step: 2, units: 'GB' },
  hue: { type: 'color', name: 'A colour', required: false, default: '#b3412d' },
  day: {
    type: 'datetime',
    name: 'A day',
    required: false,
    inputmode: 'date',
    default: '2026-05-01',
    max: '2026-12-31',
  },
  on: { type: 'toggle', name: 'On or off', default: true, warning: 'This one takes effect at once.' },
  maybe: { type: 'triState', name: 'On, off or neither', description: 'Left to the service where it is not set.' },
  one: {
    type: 'select',
    name: 'One of several',
    default: 'b',
    values: { a: 'The first', b: 'The second' },
    disabled: ['a'],
  },
  some: {
    type: 'multiselect',
    name: 'Some of several',
    default: ['x'],
    values: { x: 'Here', y: 'There' },
    minLength: 1,
  },
  texts: { type: 'list', name: 'Text', default: ['first'], maxLength: 3, spec: { type: 'text' } },
  users: {
    type: 'list',
    name: 'User',
    default: [{ name: 'Ann', admin: true }],
    spec: {
      type: 'object',
      displayAs: '{{name}}',
      spec: {
        name: { type: 'text', name: 'Name', required: true },
        admin: { type: 'toggle', name: 'Administrator', default: false },
      },
    },
  },
  group: {
    type: 'object',
    name: 'Things that belong together',
    description: 'Each counts for all of them.',
    spec: {
      path: { type: 'text', name: 'Folder', required: true, default: '/data', immutable: true },
      size: { type: 'number', name: 'Size', required: false, disabled: 'Set by the disk.' },
    },
  },
  song: { type: 'file', name: 'A file', required: false, extensions: ['.mp3', '.ogg'], footnote: 'It may have 64 MB.' },
  choice: {
    type: 'union',
    name: 'One way of several',
    default: 'plain',
    variants: {
      plain: { name: 'Plain', spec: {} },
      careful: { name: 'Careful', spec: { pause: { type: 'number', name: 'Pause', required: true, default: 5 } } },
    },
  },
  kept: { type: 'hidden', name: 'Kept' },
};

export function formOf(action: string, prefill: Readonly<Record<string, unknown>> | null): ActionInput {
  const eventId = 'event-0001';
  if (action !== 'every-kind') return { eventId, spec: configureSpec, value: prefill };
  return { eventId, spec: everySpec, value: { group: { path: '/data' }, number: 4, ...prefill } };
}
