/** Actions and tasks on the command line: every kind of field, and every kind of answer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encode } from 'uqr';
import { leavesOf, type Spec, startValue } from './form.ts';
import { TestBox } from './testing/box.ts';
import { hearth } from './testing/terminal.ts';

const spec: Spec = {
  line: { type: 'text', name: 'Line', required: true, default: 'a' },
  secret: { type: 'text', name: 'Secret', masked: true, default: { charset: 'a-c,X', len: 12 } },
  lines: { type: 'textarea', name: 'Lines' },
  number: { type: 'number', name: 'Number', default: 4 },
  hue: { type: 'color', name: 'Hue' },
  day: { type: 'datetime', name: 'Day' },
  on: { type: 'toggle', name: 'On', default: true },
  maybe: { type: 'triState', name: 'Maybe' },
  one: { type: 'select', name: 'One', default: 'x', values: { x: 'X', y: 'Y' } },
  some: { type: 'multiselect', name: 'Some', default: ['x'], values: { x: 'X', y: 'Y' } },
  texts: { type: 'list', name: 'Texts', default: ['t'], spec: { type: 'text' } },
  users: { type: 'list', name: 'Users', default: [], spec: { type: 'object', spec: {} } },
  net: { type: 'object', name: 'Net', spec: { port: { type: 'number', name: 'Port', default: 80 } } },
  song: { type: 'file', name: 'Song' },
  pick: {
    type: 'union',
    name: 'Pick',
    default: 'no',
    variants: {
      no: { name: 'No', spec: {} },
      way: { name: 'Way', spec: { to: { type: 'text', name: 'To', default: 'there' } } },
    },
  },
  kept: { type: 'hidden', name: 'Kept' },
};
const metadata = {
  name: 'Configure',
  description: '',
  warning: null,
  visibility: 'enabled',
  allowedStatuses: 'only-running',
  hasInput: true,
  group: null,
};
const task = {
  packageId: 'base',
  actionId: 'configure',
  severity: 'critical',
  reason: 'It must share',
  input: { kind: 'partial', set: { number: 9 } },
};

let folder: string;
let box: TestBox;
let answer: unknown;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-cli-'));
  answer = null;
  box = await TestBox.start(join(folder, 'admin.sock'), {
    'package.list': () => [
      { id: 'base', actions: { configure: metadata, hidden: { ...metadata, visibility: 'hidden' } }, tasks: {} },
      { id: 'app', actions: {}, tasks: { share: { active: true, task }, old: { active: false, task } } },
    ],
    'package.action.get-input': ({ prefill }) => ({
      eventId: 'e1',
      spec,
      value: { line: 'set', kept: 1, ...(prefill as object) },
    }),
    'package.action.run': () => answer,
    'package.action.clear-task': () => ({ rev: 1 }),
    'db.dump': () => ({ value: { app: { base: { state: 'task', reason: 'It must share', title: 'Base' } } } }),
  });
});
afterEach(async () => {
  await box.stop();
  rmSync(folder, { recursive: true });
});
const on = (...args: string[]) =>
  hearth(['package', ...args, '--socket', join(folder, 'admin.sock')], { settings: join(folder, 'settings') });
/** The squares of a code drawn with half blocks, dark ones true. */
function drawn(text: string): boolean[][] {
  const halves: Readonly<Record<string, readonly [boolean, boolean]>> = {
    ...{ ' ': [false, false], '▀': [true, false], '▄': [false, true], '█': [true, true] },
  };
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const cells = line.replace('\u001b[30;107m', '').replace('\u001b[0m', '').match(/./g) ?? [];
      return [0, 1].map((half) => cells.map((cell) => halves[cell]?.[half] === true));
    });
}
const sent = (): any => box.calls.findLast(({ method }) => method === 'package.action.run')?.params;

test('actions are listed with when they may be run, hidden ones not', async () => {
  expect((await on('actions', 'base')).out).toBe('configure  Configure  while it runs\n');
});

test('the form shows every field, its kind and what stands in it, secrets covered', async () => {
  const { out } = await on('form', 'base', 'configure');
  expect(out).toMatch(/^line +text +set +Line$/m);
  expect(out).toMatch(/^secret +text +•{8} +Secret$/m);
  expect(out).toMatch(/^one +select x\|y +x +One$/m);
  expect(out).toMatch(/^pick +union no\|way +no +Pick$/m);
  expect(out).toMatch(/^net\.port +number +80 +Port$/m);
  expect((await on('form', 'base', 'configure', '--reveal')).out).toMatch(/^secret +text +[abcX]{12} +Secret$/m);
});

describe('an action is run', () => {
  test('with what each kind of field takes', async () => {
    writeFileSync(join(folder, 'a.mp3'), 'music');
    const set = [
      ...['line=b', 'secret=s', 'lines=1', 'number=7', 'hue=#112233', 'day=2026-01-01', 'on=off', 'maybe=yes'],
      ...[
        'one=y',
        'some=x,y',
        'texts=["a,b","c"]',
        'users=[{"name":"Ann"}]',
        'net.port=81',
        'pick=way',
        'pick.to=here',
      ],
    ];
    const ran = await on(
      'run',
      'base',
      'configure',
      ...set.flatMap((one) => ['-s', one]),
      '-f',
      `song=${folder}/a.mp3`,
    );
    expect(ran).toMatchObject({ code: 0, out: 'Done.\n' });
    expect(sent()).toEqual({
      packageId: 'base',
      actionId: 'configure',
      eventId: 'e1',
      input: {
        ...{ line: 'b', secret: 's', lines: '1', number: 7, hue: '#112233', day: '2026-01-01', on: false, maybe: true },
        ...{ one: 'y', some: ['x', 'y'], texts: ['a,b', 'c'], users: [{ name: 'Ann' }], net: { port: 81 } },
        ...{ pick: { selection: 'way', value: { to: 'here' } }, song: { upload: 'u1', name: 'a.mp3' }, kept: 1 },
      },
    });
    expect(String(box.uploads[0])).toBe('music');
  });

  test('with what is set and the defaults where nothing is said', async () => {
    await on('run', 'base', 'configure');
    expect(sent().input).toMatchObject({ line: 'set', number: 4, on: true, maybe: null, net: { port: 80 } });
    expect(sent().input.secret).toMatch(/^[abcX]{12}$/);
  });

  test.each([
    ['number=x', 'Cannot fill in "number": a number is needed'],
    ['on=perhaps', 'Cannot fill in "on": on or off'],
    ['one=z', 'Cannot fill in "one": one of x, y'],
    ['pick=z', 'Cannot fill in "pick": one of no, way'],
    ['line.x=1', 'Cannot fill in "line.x": "line" has no parts'],
    ['users=[', 'Cannot fill in "users": JSON is needed'],
    ['nothing', 'Cannot fill in "nothing": it is written field=value'],
  ])('refuses %s', async (set, words) => {
    const ran = await on('run', 'base', 'configure', '--set', set);
    expect([ran.code, ran.err]).toEqual([1, `hearth: ${words}\n`]);
    expect(sent()).toBeUndefined();
  });

  test('and its answer is shown, group by group, secrets only when asked for', async () => {
    answer = {
      version: '1',
      title: 'Login',
      message: 'Keep it',
      result: {
        type: 'group',
        value: [
          { type: 'single', name: 'Name', value: 'ann', masked: false },
          { type: 'group', name: 'Keys', value: [{ type: 'single', name: 'Password', value: 'pw', masked: true }] },
        ],
      },
    };
    const told = 'Login\nKeep it\nName: ann\nKeys\n  Password: ';
    expect((await on('run', 'base', 'configure')).out).toBe(`${told}••••••••  (--reveal shows it)\n`);
    expect((await on('run', 'base', 'configure', '--reveal')).out).toBe(`${told}pw\n`);
    answer = { version: '0', message: 'Old', value: 'text', copyable: true, qr: false };
    expect((await on('run', 'base', 'configure')).out).toBe('Old\ntext\n');
  });

  test('with a QR code where there is a terminal that is wide enough, and nothing is covered', async () => {
    const address = 'http://kjadfhkjhsdkfjhakjshdfkjahsdkfjh.onion/';
    const single = { type: 'single', name: 'Address', value: address, masked: false, copyable: true, qr: true };
    answer = { version: '1', title: 'Pair', message: null, result: single };
    const run = ['package', 'run', 'base', 'configure', '--socket', join(folder, 'admin.sock')];
    const shown = async (columns: number, ...more: string[]) =>
      (await hearth([...run, ...more], { settings: join(folder, 'settings'), columns })).out;
    const plain = `Pair\nAddress: ${address}\n`;
    expect(await shown(20)).toBe(plain);
    expect(await shown(80, '--json')).toBe(`${JSON.stringify(answer)}\n`);
    expect((await on('run', 'base', 'configure')).out).toBe(plain);
    const out = await shown(80);
    expect(out.startsWith(plain)).toBe(true);
    const squares = drawn(out.slice(plain.length));
    const { data } = encode(address, { border: 2 });
    expect(squares.slice(0, data.length)).toEqual(data);
    // The eye in its upper left corner, within a border of light.
    expect(squares.slice(1, 5).map((row) => row.slice(1, 10).map(Number).join(''))).toEqual([
      ...['000000000', '011111110', '010000010', '010111010'],
    ]);
    answer = { version: '1', title: 'Pair', message: null, result: { ...single, masked: true } };
    expect(await shown(80)).not.toContain('█');
    expect(await shown(80, '--reveal')).toContain('█');
    answer = { version: '0', message: 'Old', value: address, copyable: true, qr: true };
    expect(await shown(80)).toContain('█');
  });
});

test('tasks are listed, done with what they ask for, and dismissed', async () => {
  expect((await on('tasks')).out).toBe('app  share  critical  base: configure  It must share\n');
  await on('run', 'app', 'share', '--task', '-s', 'line=c');
  expect(sent()).toMatchObject({ packageId: 'base', actionId: 'configure', input: { number: 9, line: 'c' } });
  await on('dismiss', 'app', 'share', '--force');
  expect(box.calls.at(-1)?.params).toEqual({ packageId: 'app', replayId: 'share', force: true });
  expect((await on('run', 'app', 'gone', '--task')).err).toContain('Cannot find task "gone" of service "app"');
});

test('needs are told with why', async () => {
  expect((await on('needs', 'app')).out).toBe('base  task  It must share\n');
  expect((await on('needs', 'base')).out).toBe('Nothing.\n');
});

test('a start value is whole, and its leaves are all of it', () => {
  const value = startValue(spec, null);
  expect(value).toMatchObject({ lines: null, users: [], pick: { selection: 'no', value: {} } });
  expect(leavesOf(spec, value).map(({ path }) => path)).toContain('net.port');
});
