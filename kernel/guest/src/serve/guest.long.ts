/** The guest against a made-up host: the protocol, the script's world, what becomes of scripts that misbehave. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { act, dropBuiltGuest, scriptOf, startGuest } from '../testing/guest-under-test.ts';

afterAll(dropBuiltGuest);
jest.setTimeout(30_000);
const init = { id: 'event-init-01', kind: null };

describe('the protocol', () => {
  test('says who it is, and keeps a result until it is acknowledged', async () => {
    await using guest = await startGuest(scriptOf('return 1'));
    expect(guest.host.hellos[0]).toMatchObject({ protocol: 1, phase: 'fresh', running: [], results: [] });
    await guest.host.request('init', init);
    guest.host.send({
      id: 'kept',
      method: 'execute',
      params: { id: 'event-0000001', procedure: '/actions/do/run', input: {}, timeout: null },
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const again = guest.host.greeted();
    guest.host.hangUp();
    await again;
    expect(guest.host.hellos[1]).toMatchObject({ phase: 'loaded', results: [{ request: 'kept', result: 1 }] });
  });

  test('says which files are watched, as long as they are', async () => {
    const body = `
      const path = '/media/startos/volumes/main';
      if (input === 'end') { watchers.pop().close(); stop.abort(); return; }
      watchers.push(fs.watch(path));
      (async () => { for await (const change of fs.promises.watch(path, { signal: stop.signal })) break; })().catch(() => {});`;
    const more = `const fs = require('fs'); const stop = new AbortController(); const watchers = [];`;
    await using guest = await startGuest(scriptOf(body, more));
    const watched = () => guest.host.request('files.watched', {});
    expect(await watched()).toEqual({ paths: [] });
    await guest.host.request('init', init);
    await act(guest);
    expect(await watched()).toEqual({ paths: Array.from({ length: 2 }, () => '/media/startos/volumes/main') });
    await act(guest, 'end');
    expect(await watched()).toEqual({ paths: [] });
  });

  test('an effect waits out an outage, and health is told by the next hello', async () => {
    await using guest = await startGuest(
      scriptOf(`
        await effects.setHealth({ id: 'a', name: 'A', result: 'success', message: null });
        return effects.getDataVersion()`),
    );
    guest.host.answers['get-data-version'] = () => '1.0.0:0';
    await guest.host.request('init', init);
    const again = guest.host.greeted();
    const answer = act(guest);
    guest.host.hangUp();
    await again;
    expect(guest.host.hellos.at(-1)).toMatchObject({ running: [expect.any(String)] });
    await guest.host.until(() => guest.host.called('get-data-version').length > 0, 'the effect');
    await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 200))]);
    const third = guest.host.greeted();
    guest.host.hangUp();
    await third;
    expect(guest.host.hellos.at(-1)).toMatchObject({ health: { a: { name: 'A', result: 'success', message: null } } });
  });

  test('callbacks fire once, and are named by hello until they do', async () => {
    await using guest = await startGuest(
      scriptOf(`
        globalThis.fired ??= 0;
        if (input === 'ask') await effects.getStatus({ callback: () => { globalThis.fired += 1; } });
        return globalThis.fired`)
        .replace('exports.actions', 'const keep = []; exports.actions')
        .replace(
          'async () => {};',
          'async ({ effects }) => { await effects.getSystemSmtp({ callback: (value) => { globalThis.fired = value; } }); };',
        ),
    );
    await guest.host.request('init', init);
    const [{ callback }] = guest.host.called('get-system-smtp') as [{ callback: number }];
    const again = guest.host.greeted();
    guest.host.hangUp();
    await again;
    expect(guest.host.hellos.at(-1)).toMatchObject({ callbacks: [{ id: callback, method: 'get-system-smtp' }] });
    guest.host.send({ method: 'callback', params: { id: callback, args: [7] } });
    guest.host.send({ method: 'callback', params: { id: callback, args: [8] } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await act(guest)).toBe(7);
  });

  test('a refused effect reads as packages expect', async () => {
    await using guest = await startGuest(scriptOf('return effects.bind({}).catch((error) => error.message)'));
    guest.host.answers['bind'] = () => {
      throw new Error('no such port');
    };
    await guest.host.request('init', init);
    expect(await act(guest)).toBe('Invalid Request: no such port@bind');
  });

  test('nothing runs before init has been through', async () => {
    await using guest = await startGuest('exports.init = async () => { throw new Error("not today"); };');
    await expect(guest.host.request('init', init)).rejects.toThrow('not today');
    await expect(guest.host.request('start', {})).rejects.toThrow('System not initialized');
  });

  test('a bundle with a syntax error, or none, is refused in words', async () => {
    await using guest = await startGuest('exports.init = (');
    await expect(guest.host.request('init', init)).rejects.toThrow(/SyntaxError|[Uu]nexpected/);
  });

  test('uninit is handed versions it can ask', async () => {
    await using guest = await startGuest(`
      exports.init = async () => {};
      exports.uninit = async ({ effects, target }) =>
        effects.echo({ message: [String(target), 'satisfiedBy' in target, target.satisfiedBy?.('1.5.0:0')].join(' ') });`);
    await guest.host.request('init', init);
    await guest.host.request('exit', { id: 'event-exit-01', target: '>=1.0.0:0 && <2.0.0:0' });
    expect(guest.host.called('echo')).toMatchObject([{ message: '>=1.0.0:0 && <2.0.0:0 true true' }]);
    await guest.host.until(() => guest.exits.length > 0, 'the end');
    expect(guest.exits).toEqual([0]);
  });
});

describe('the end', () => {
  const slow = `
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const seen = [];
    exports.init = async () => {};
    exports.uninit = async () => { seen.push('uninit'); console.log(seen.join(' ')); };
    exports.main = async () => ({ build: async () => ({ term: async () => { seen.push('term'); await wait(300); seen.push('down'); } }) });
  `;

  test('an exit in the middle of a stop waits for it, and stops nothing twice', async () => {
    await using guest = await startGuest(slow);
    await guest.host.request('init', { id: 'event-init-01', kind: null });
    await guest.host.request('start', {});
    const stopped = guest.host.request('stop', {});
    const left = guest.host.request('exit', { id: 'event-exit-01', target: null });
    expect(await Promise.all([stopped, left])).toEqual([null, null]);
    expect(guest.log('guest')).toContain('term down uninit');
  });

  test('a start in the middle of a stop comes after it', async () => {
    await using guest = await startGuest(slow);
    await guest.host.request('init', { id: 'event-init-01', kind: null });
    await guest.host.request('start', {});
    const stopped = guest.host.request('stop', {});
    const started = guest.host.request('start', {});
    await Promise.all([stopped, started]);
    await guest.host.request('exit', { id: 'event-exit-01', target: null });
    expect(guest.log('guest')).toContain('term down term down uninit');
  });

  test('the answer to an exit is kept for a host that is away, and nobody is waited for without end', async () => {
    await using guest = await startGuest(slow);
    await guest.host.request('init', { id: 'event-init-01', kind: null });
    const again = guest.host.greeted();
    guest.host.send({ id: 'exit.1', method: 'exit', params: { id: 'event-exit-01', target: null } });
    guest.host.hangUp();
    await again;
    const told = () => guest.host.hellos.at(-1)?.['results'];
    const asked = () => guest.host.hellos.at(-1)?.['running'];
    expect([told(), asked()]).toEqual([[{ request: 'exit.1', result: null }], []]);
    await guest.host.until(() => guest.exits.length === 1, 'the end', 20_000);
    expect(guest.exits).toEqual([0]);
  });
});

describe('a script that misbehaves', () => {
  const ended = async (body: string, limits = {}) => {
    await using guest = await startGuest(scriptOf(body), { turnMs: 300, ...limits });
    await guest.host.request('init', init);
    const outcome = await act(guest).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: (error as Error).message }),
    );
    return { outcome, exits: [...guest.exits], log: guest.log('guest') };
  };

  test.each([
    ['a loop', 'for (;;) {}'],
    ['a loop of promises', 'for (;;) await null'],
    ['a caught loop', 'for (;;) { try { for (;;) {} } catch {} }'],
    ['a regular expression', "return /^(a+)+$/.test('a'.repeat(40) + 'b')"],
    ['a loop in a getter of a result', 'return { get a() { for (;;) {} } }'],
    ['a loop in toJSON', 'return { toJSON() { for (;;) {} } }'],
  ])('%s is stopped, and the service told', async (_what, body) => {
    const { outcome, log } = await ended(body);
    expect(outcome).toEqual({ error: expect.stringContaining('kept control') });
    expect(log).toContain('kept control');
  });

  test.each([
    ['arrays', 'const all = []; for (;;) all.push(new Uint8Array(1024 * 1024));'],
    ['one buffer', 'return new ArrayBuffer(2 ** 31).byteLength'],
    ['a string', "let text = 'x'; for (;;) text += text;"],
    [
      'host memory',
      "const { randomBytes } = require('crypto'); const all = []; for (;;) all.push(randomBytes(4000000));",
    ],
  ])('%s without end are refused', async (_what, body) => {
    const { outcome } = await ended(body, { turnMs: 20_000, scriptMemory: 64 * 1024 * 1024 });
    expect(outcome).toEqual({ error: expect.stringMatching(/memory|ended|invalid|string too long|length/i) });
  });

  test.each([
    ['recursion', 'const dive = () => dive(); return dive()'],
    ['nested JSON', "return JSON.parse('['.repeat(1e6))"],
    ['deep regular expressions', "return new RegExp('('.repeat(1e5) + ')'.repeat(1e5)).test('a')"],
  ])('%s ends as an error', async (_what, body) => {
    const { outcome } = await ended(body, { turnMs: 20_000 });
    expect(outcome).toEqual({ error: expect.any(String) });
  });
});

test('files a script makes are where its programs find them', async () => {
  await using guest = await startGuest(
    scriptOf(`
      const fs = require('fs/promises');
      await fs.mkdir('/media/startos/volumes/main/a/b', { recursive: true });
      await fs.writeFile('/media/startos/volumes/main/a/b/c.txt', 'text');
      const { size } = await fs.stat('/media/startos/volumes/main/a/b/c.txt');
      const missing = await fs.readFile('/media/startos/volumes/main/none').catch((error) => [error.code, error.path]);
      const names = await fs.readdir('/media/startos/volumes/main', { recursive: true });
      const seen = [];
      const stop = new AbortController();
      setTimeout(() => fs.writeFile('/media/startos/volumes/main/a/watched', 'x'), 50);
      try {
        for await (const change of fs.watch('/media/startos/volumes/main/a', { signal: stop.signal })) {
          seen.push(change.filename);
          stop.abort();
        }
      } catch (error) { seen.push(error.name); }
      return { size, missing, names, seen, text: require('fs').readFileSync('/media/startos/volumes/main/outside.txt', 'utf8') };`),
  );
  writeFileSync(join(guest.layout.volumes, 'main/outside.txt'), 'from outside');
  await guest.host.request('init', init);
  expect(await act(guest)).toEqual({
    size: 4,
    missing: ['ENOENT', '/media/startos/volumes/main/none'],
    names: expect.arrayContaining(['a', 'a/b', 'a/b/c.txt', 'outside.txt']),
    seen: ['watched', 'AbortError'],
    text: 'from outside',
  });
});
