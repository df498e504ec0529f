/** What waits is not taken for garbage, and promises are still promises. */
import { afterAll, expect, test } from '@jest/globals';
import { act, dropBuiltGuest, scriptOf, startGuest } from '../testing/guest-under-test.ts';

afterAll(dropBuiltGuest);

/** Makes the engine look for garbage. */
const litter = 'for (let each = 0; each < 200_000; each += 1) { const one = {}; one.self = one; }';

test.each([
  ['an async function', '(async () => { WAIT; told.push("on"); })();'],
  [
    'a generator',
    'const it = (async function* () { WAIT; yield "on"; })(); it.next().then(({ value }) => told.push(value));',
  ],
  [
    'a loop over a generator',
    '(async () => { for await (const one of (async function* () { WAIT; yield "on"; })()) told.push(one); })();',
  ],
])(
  '%s goes on when what it waits for comes, however much garbage there was',
  async (_what, start) => {
    const wait = 'let done = () => undefined; wake = () => done(); await new Promise((resolve) => { done = resolve; })';
    const body = `if (input === 'wake') { wake(); await null; await null; await null; return told; } ${litter} return told;`;
    await using guest = await startGuest(scriptOf(body, `let wake; const told = []; ${start.replace('WAIT', wait)}`));
    await guest.host.request('init', { id: 'event-init-01', kind: null });
    for (let turn = 0; turn < 5; turn += 1) expect(await act(guest)).toEqual([]);
    expect(await act(guest, 'wake')).toEqual(['on']);
    expect(guest.exits).toEqual([]);
  },
  60_000,
);

test('promises are made, settled, joined and extended as ever', async () => {
  const body = `
    class Own extends Promise {}
    const own = new Own((resolve) => resolve(1));
    const { promise, resolve } = Promise.withResolvers();
    setTimeout(() => resolve(2), 1);
    const caught = (run) => { try { run(); return 'nothing'; } catch (error) { return error.constructor.name; } };
    const thrown = await new Promise(() => { throw new Error('three'); }).catch((error) => error.message);
    return {
      all: await Promise.all([own, promise, Promise.resolve(3), 4]),
      race: await Promise.race([new Promise(() => {}), Promise.resolve(5)]),
      any: await Promise.any([Promise.reject(new Error('x')), own]),
      settled: (await Promise.allSettled([Promise.reject(6)]))[0].reason,
      chained: await own.then((one) => one + 6).finally(() => 0),
      kinds: [own instanceof Own, own instanceof Promise, own.then(() => 0) instanceof Own, Own.resolve(1) instanceof Own],
      native: (async () => 0)() instanceof Promise,
      same: Promise.resolve(promise) === promise,
      names: [Promise.name, Promise.length, Object.prototype.toString.call(promise), typeof Promise[Symbol.species]],
      wrong: [caught(() => Promise()), caught(() => new Promise()), caught(() => new Promise(1))],
      thrown,
    };`;
  await using guest = await startGuest(scriptOf(body));
  await guest.host.request('init', { id: 'event-init-01', kind: null });
  expect(await act(guest)).toEqual({
    all: [1, 2, 3, 4],
    ...{ race: 5, any: 1, settled: 6, chained: 7, kinds: [true, true, true, true], native: true, same: true },
    names: ['Promise', 1, '[object Promise]', 'function'],
    wrong: ['TypeError', 'TypeError', 'TypeError'],
    thrown: 'three',
  });
}, 60_000);
