import { expect, test } from '@jest/globals';
import { FakeMachine } from '../testing/fake-machine.ts';
import { answer, shown } from './answer.ts';
import { defineService } from './define-service.ts';
import * as fields from './fields.ts';
import { readFields, specOf } from './input.ts';

const every = {
  name: fields.text({ name: 'Name', minLength: 2, patterns: [{ regex: '[a-z]+', description: 'small letters' }] }),
  note: fields.textarea({ name: 'Note', required: false }),
  age: fields.number({ name: 'Age', min: 0, max: 150, integer: true }),
  active: fields.toggle({ name: 'Active', default: true }),
  asked: fields.triState({ name: 'Asked' }),
  paint: fields.color({ name: 'Paint', default: '#ffffff' }),
  day: fields.datetime({ name: 'Day', inputmode: 'date', min: '2026-01-01' }),
  size: fields.select({ name: 'Size', values: { s: 'Small', l: 'Large' }, default: 's' }),
  extras: fields.multiselect({ name: 'Extras', values: { tea: 'Tea', cake: 'Cake' }, maxLength: 1 }),
  place: fields.object({ name: 'Place', fields: { town: fields.text({ name: 'Town' }) } }),
  way: fields.union({
    name: 'Way',
    default: 'mail',
    variants: {
      mail: { name: 'By mail', fields: { address: fields.text({ name: 'Address', required: false }) } },
      none: { name: 'Not at all', fields: {} },
    },
  }),
  tags: fields.textList({ name: 'Tags', each: { maxLength: 5 } }),
  people: fields.objectList({ name: 'People', fields: { nick: fields.text({ name: 'Nick' }) }, displayAs: '{{nick}}' }),
  picture: fields.file({ name: 'Picture', required: false, extensions: ['.png'] }),
  token: fields.hidden(),
};

const good = {
  name: 'anna',
  age: 30,
  day: '2026-02-03',
  paint: '#aabbcc',
  extras: ['tea'],
  place: { town: 'Bonn' },
  way: { selection: 'mail', value: { address: 'x' } },
  tags: ['a', 'b'],
  people: [{ nick: 'A' }],
};

test('all fifteen kinds are told to the form and read back', () => {
  const kinds = Object.values(specOf(every)).map((spec) => (spec as { type: string }).type);
  expect(new Set(kinds).size).toBe(14);
  expect(specOf(every)['tags']).toMatchObject({ type: 'list', spec: { type: 'text', maxLength: 5 } });
  expect(specOf(every)['people']).toMatchObject({ type: 'list', spec: { type: 'object', displayAs: '{{nick}}' } });
  expect(readFields(every, { ...good, stray: 1 })).toEqual({
    ...good,
    note: null,
    active: true,
    asked: null,
    size: 's',
    picture: null,
    token: undefined,
  });
});

test.each([
  ['name', '', 'Name is needed'],
  ['name', 'a', 'at least 2'],
  ['name', 'Anna', 'small letters'],
  ['name', 5, 'must be text'],
  ['age', 1.5, 'whole number'],
  ['age', -1, 'at least 0'],
  ['age', Number.NaN, 'must be a number'],
  ['active', 'yes', 'on or off'],
  ['paint', 'red', 'colour'],
  ['day', '2025-12-31', 'from 2026-01-01'],
  ['day', 'tomorrow', 'not a date'],
  ['size', 'xl', 'choose one'],
  ['size', 'constructor', 'choose one'],
  ['extras', ['tea', 'cake'], 'at most 1'],
  ['extras', 'tea', 'must be a list'],
  ['place', {}, 'Town is needed'],
  ['way', { selection: 'pigeon' }, 'choose one'],
  ['tags', ['toolong'], 'at most 5'],
  ['people', [{}], 'Nick is needed'],
])('%s refuses %j', (key, value, words) => {
  expect(() => readFields(every, { ...good, [key]: value })).toThrow(words);
});

const about = {
  id: 'example',
  title: 'Example',
  version: '1.0.0:0',
  releaseNotes: 'First',
  license: 'MIT',
  description: { short: 'An example', long: 'An example of a service' },
  packageRepo: 'https://example.com/package',
  upstreamRepo: 'https://example.com/upstream',
} as const;

function greeter(machine: FakeMachine) {
  return defineService(
    {
      about,
      images: { main: { arch: ['x86_64'] } },
      volumes: ['data'],
      daemons: {},
      backup: ['data'],
      actions: {
        greet: {
          name: 'Greet',
          description: 'Says hello',
          access: 'dependent',
          input: { who: fields.text({ name: 'Who' }), times: fields.number({ name: 'Times', default: 1, max: 3 }) },
          prefill: () => Promise.resolve({ who: 'world', times: 1 }),
          // Known to be text and a number: nothing is checked or cast here.
          run: (_, { who, times }) =>
            Promise.resolve(answer('Greeting', null, { Words: shown(`hello ${who.toUpperCase()}`.repeat(times)) })),
        },
        plain: { name: 'Plain', description: 'Asks nothing', run: () => Promise.resolve(null) },
      },
      dependencies: {
        database: {
          description: 'Keeps the data',
          versionRange: '>=15:0',
          needs: { running: ['server'] },
          task: {
            action: 'create-database',
            severity: 'critical',
            reason: 'It needs a database',
            input: async ({ volumes }) => ({ name: 'example', password: await volumes.data.read('password') }),
          },
        },
      },
    },
    machine.host,
  );
}

test('an action shows its form, filled in, and runs only with what fits', async () => {
  const machine = new FakeMachine();
  const greet = greeter(machine).actions.get('greet')!;
  const form = await greet.getInput({ effects: machine.effects, prefill: { who: 'Anna' } });
  expect(form).toMatchObject({ value: { who: 'Anna', times: 1 }, spec: { who: { type: 'text', required: true } } });
  const told = await greet.run({ effects: machine.effects, input: { who: 'Bob', times: 1 } });
  expect(told?.result).toMatchObject({ value: [{ name: 'Words', value: 'hello BOB' }] });
  await expect(greet.run({ effects: machine.effects, input: { who: 'Bob', times: 4 } })).rejects.toThrow('at most 3');
  await expect(greet.run({ effects: machine.effects, input: null })).rejects.toThrow('Who is needed');
  expect(await greet.exportMetadata({ effects: machine.effects })).toMatchObject({
    hasInput: true,
    access: 'dependent',
  });
  const plain = greeter(machine).actions.get('plain')!;
  expect(await plain.getInput({ effects: machine.effects })).toBeNull();
  expect(await plain.run({ effects: machine.effects })).toBeNull();
});

test('what it needs is in the manifest, and the owner is asked once to do it there', async () => {
  const machine = new FakeMachine();
  machine.files.set('/media/startos/volumes/data/password', 'secret');
  const service = greeter(machine);
  expect(service.manifest['dependencies']).toEqual({ database: { description: 'Keeps the data', optional: false } });
  await service.init({ effects: machine.effects, kind: 'install' });
  await service.init({ effects: machine.effects, kind: null });
  expect(machine.named('setDependencies')[0]).toEqual({
    dependencies: [{ kind: 'running', id: 'database', versionRange: '>=15:0', healthChecks: ['server'] }],
  });
  const set = { name: 'example', password: 'secret' };
  expect(machine.named('action.createTask')).toEqual([
    {
      replayId: 'database:create-database',
      packageId: 'database',
      actionId: 'create-database',
      severity: 'critical',
      reason: 'It needs a database',
      input: { kind: 'partial', accept: [set], set },
    },
  ]);
});

test('a dynamic field is made anew when its form is opened, and when it is sent', async () => {
  const machine = new FakeMachine();
  const choices: Record<string, string> = { a: 'First' };
  const service = defineService(
    {
      about: { ...about },
      images: { main: { arch: ['x86_64'] } },
      volumes: ['data'],
      daemons: {},
      actions: {
        choose: {
          name: 'Choose',
          description: 'Chooses',
          input: {
            which: fields.dynamic(() =>
              Promise.resolve(fields.select({ name: 'Which', values: choices, default: 'a' })),
            ),
          },
          run: (_, { which }) => Promise.resolve(answer(which, null)),
        },
      },
      backup: [],
    },
    machine.host,
  );
  const action = service.actions.get('choose');
  expect((await action?.getInput({ effects: machine.effects }))?.spec).toMatchObject({
    which: { type: 'select', values: { a: 'First' } },
  });
  choices['b'] = 'Second';
  expect(await action?.run({ effects: machine.effects, input: { which: 'b' } })).toMatchObject({ title: 'b' });
  await expect(action?.run({ effects: machine.effects, input: { which: 'c' } })).rejects.toThrow('Which');
  expect(() =>
    fields.object({ name: 'Inner', fields: { x: fields.dynamic(() => Promise.reject(new Error())) } }),
  ).toThrow('A dynamic field stands at the top of a form');
});
