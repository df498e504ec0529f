/** The memory image: a later guest goes on from it, and whatever is wrong with it costs no more than an evaluation. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { act, dropBuiltGuest, scriptOf, startGuest } from '../testing/guest-under-test.ts';

afterAll(dropBuiltGuest);
jest.setTimeout(30_000);
let memory: string;
beforeEach(() => {
  memory = mkdtempSync(join(tmpdir(), 'hearth-memory-'));
});
afterEach(() => rmSync(memory, { recursive: true }));

const file = () => join(memory, 'image');
const restored = 'restored from its memory image';

async function once(script: string, rounds = 1): Promise<{ answers: unknown[]; restored: boolean }> {
  await using guest = await startGuest(script, {}, memory);
  await guest.host.request('init', { id: 'event-init-01', kind: null });
  const answers = [];
  for (let round = 0; round < rounds; round++) answers.push(await act(guest, round));
  return { answers, restored: guest.log('guest').includes(restored) };
}

const counting = scriptOf(
  'made.n += 1; return [made.n, made.table.get("b"), made.pattern.test("aab"), input]',
  `const made = { n: 0, table: new Map([['a', 1], ['b', 2]]), pattern: /a+b/, big: new Uint8Array(20_000_000).fill(7) };`,
);

test('the first guest makes it, the next goes on from it, with what module scope computed', async () => {
  expect(await once(counting, 2)).toEqual({
    answers: [
      [1, 2, true, 0],
      [2, 2, true, 1],
    ],
    restored: false,
  });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(await once(counting, 2)).toEqual({
    answers: [
      [1, 2, true, 0],
      [2, 2, true, 1],
    ],
    restored: true,
  });
  expect((await once(counting)).restored).toBe(true);
});

test('the guest that makes it goes on from it as well, with all it was asked', async () => {
  await using guest = await startGuest(counting, {}, memory);
  const begun = guest.host.request('init', { id: 'event-init-01', kind: null });
  expect(await Promise.all([begun, act(guest, 0), act(guest, 1)])).toEqual([null, [1, 2, true, 0], [2, 2, true, 1]]);
  expect(guest.log('guest')).toContain('goes on from the memory image');
});

test('timers, files, promises, garbage and exceptions work after it', async () => {
  const script = scriptOf(`
    const fs = require('fs/promises');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await fs.writeFile('/media/startos/volumes/main/a', 'text');
    let all = []; for (let n = 0; n < 200_000; n++) { all.push({ n }); if (n % 1000 === 0) all = []; }
    const thrown = await Promise.reject(new TypeError('no')).catch((error) => error instanceof TypeError);
    return [await fs.readFile('/media/startos/volumes/main/a', 'utf8'), thrown, require('crypto').createHash('sha256').update('a').digest('hex').slice(0, 8)];`);
  const first = await once(script);
  expect(first.answers).toEqual([['text', true, 'ca978112']]);
  expect(await once(script)).toEqual({ ...first, restored: true });
});

test('random numbers and clocks are of this run', async () => {
  const script = scriptOf(
    'return [Math.random(), Math.random(), performance.now() >= 0 && performance.now() < 60_000]',
  );
  await once(script);
  const [one, two] = [await once(script), await once(script)];
  expect([one.restored, two.restored]).toEqual([true, true]);
  expect(one.answers[0]).not.toEqual(two.answers[0]);
  expect((one.answers[0] as unknown[])[2]).toBe(true);
});

test.each([
  ['random bytes', "require('crypto').randomBytes(8)"],
  ['a random number', 'Math.random()'],
  ['a file', "require('fs').existsSync('/media/startos/volumes/main/a')"],
  ['a timer', 'setInterval(() => {}, 1000)'],
])('none is made of a world whose module scope took %s', async (_what, expression) => {
  const script = scriptOf('return made !== undefined', `const made = [${expression}];`);
  expect(await once(script)).toEqual({ answers: [true], restored: false });
  expect(existsSync(file())).toBe(false);
});

test('an image of another bundle is not used, and replaced', async () => {
  await once(counting);
  const before = readFileSync(file());
  expect((await once(scriptOf('return 7'))).answers).toEqual([7]);
  expect(readFileSync(file()).equals(before)).toBe(false);
});

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  [
    'garbage after its header',
    (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 65536), Buffer.alloc(bytes.length - 65536, 0xa5)]),
  ],
])('one that is %s costs an evaluation', async (_what, spoil) => {
  await once(counting);
  writeFileSync(file(), spoil(readFileSync(file())));
  expect(await once(counting)).toEqual({ answers: [[1, 2, true, 0]], restored: false });
});

test("the bundle's own text is not in it, only that of functions which are still there", async () => {
  const text = `/* outside of all functions: ${'x'.repeat(5000)} */`;
  const arrows = 'const first = (() => { /* in a function that is over */ return () => arguments[0]; })();';
  expect(await once(`${text}${arrows}${scriptOf('return first() === exports')}`)).toEqual({
    answers: [true],
    restored: false,
  });
  const image = readFileSync(file());
  expect(image.includes('outside of all functions')).toBe(false);
  expect(image.includes('() => arguments[0]')).toBe(true);
  expect((await once(`${text}${arrows}${scriptOf('return first() === exports')}`)).answers).toEqual([true]);
});

test('where it cannot be kept the package runs all the same', async () => {
  mkdirSync(`${file()}.new`, { recursive: true });
  expect((await once(counting)).answers).toEqual([[1, 2, true, 0]]);
  expect(existsSync(file())).toBe(false);
});
