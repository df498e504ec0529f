import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnyPlugin,
  authenticatorRef,
  defineMethod,
  definePlugin,
  type Principal,
  serviceRef,
} from '@hearth/contract';
import { z } from 'zod';
import { fake, followFeed, http, MemoryJournal, startTestKernel, type TestKernel } from './testing/index.ts';

const greeterRef = serviceRef<{ greet(name: string): string }>('greeter');
const greeter = definePlugin({
  id: 'greeter',
  version: '1.0.0',
  about: 'Greets',
  requires: {},
  provides: greeterRef,
  config: z.object({ word: z.string().default('Hello') }),
  state: { schema: z.object({ greeted: z.number() }), initial: { greeted: 0 } },
  setup(_, scope) {
    const greet = (name: string): string => `${scope.config.word}, ${name}`;
    const method = defineMethod({
      name: 'greeter.greet',
      about: 'Greet somebody',
      allow: 'viewer',
      input: z.object({ name: z.string().max(20) }),
      output: z.object({ text: z.string(), rev: z.number() }),
      run: async ({ name }) => ({
        text: greet(name),
        rev: await scope.state.commit('greet', (draft) => {
          draft.greeted += 1;
        }),
      }),
    });
    const failing = defineMethod({
      name: 'greeter.fail',
      about: 'Fail',
      allow: 'anyone',
      input: z.object({}),
      output: z.object({}),
      run: () => {
        throw new Error('the password is swordfish');
      },
    });
    const slow = defineMethod({
      name: 'greeter.slow',
      about: 'Take for ever',
      allow: 'anyone',
      deadlineMs: 30,
      input: z.object({}),
      output: z.object({}),
      run: () => new Promise<never>(() => undefined),
    });
    const route = {
      path: '/greeting.txt',
      allow: 'anyone',
      plainHttp: true,
      handle: () => ({ type: 'text/plain', body: 'hi' }),
    } as const;
    return { service: { greet }, methods: [method, failing, slow], routes: [route] };
  },
}) as AnyPlugin;

const owner: Principal = { kind: 'user', user: 'owner', role: 'owner', session: 's1' };
const ended = new Set<(session: string) => void>();
/** Lets in whoever sends the token `good`. */
const accounts = fake(authenticatorRef, {
  authenticate: ({ token }) => Promise.resolve(token === 'good' ? owner : { kind: 'anonymous' }),
  onSessionEnd: (listener) => {
    ended.add(listener);
    return () => void ended.delete(listener);
  },
});
const own = { Origin: 'https://localhost:8443', 'Sec-Fetch-Site': 'same-origin' };
const json = { 'Content-Type': 'application/json' };
const call = (
  kernel: TestKernel,
  body: unknown,
  headers: Record<string, string> = {},
  socketPath = kernel.sockets.kernel,
) =>
  http({
    socketPath,
    method: 'POST',
    path: '/rpc/v1',
    headers: { ...json, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const echo = { jsonrpc: '2.0', id: 1, method: 'echo', params: { message: 'x' } };
const withRelease = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-boot-'));
  mkdirSync(join(folder, 'runtime/ui/assets'), { recursive: true });
  writeFileSync(join(folder, 'runtime/ui/index.html'), '<!doctype html><title>Hearth</title>');
  writeFileSync(join(folder, 'runtime/ui/assets/main-ABCD1234.js'), `// ${'x'.repeat(2000)}`);
  writeFileSync(join(folder, 'runtime/secret.pem'), 'secret');
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
};

describe('a kernel', () => {
  test('boots, reports, answers on both sockets, and stops', async () => {
    const kernel = await startTestKernel({ plugins: [greeter], environment: { HEARTH_PLUGINS_GREETER_WORD: 'Moin' } });
    expect(kernel.server.boot().mode).toBe('running');
    expect(kernel.server.boot().plugins.map(({ plugin, outcome }) => [plugin, outcome])).toEqual(
      expect.arrayContaining([
        ['jobs', 'ok'],
        ['services', 'ok'],
        ['greeter', 'ok'],
      ]),
    );
    expect(await kernel.rpc('greeter.greet', { name: 'you' })).toMatchObject({ text: 'Moin, you' });
    expect((await call(kernel, echo, {}, kernel.sockets.admin)).json()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { message: 'x' },
    });
    const status = await kernel.rpc('server.status', {}, { kind: 'anonymous' });
    expect(status).toMatchObject({ hostname: 'hearth', setUp: false, version: '0.0.0', mode: 'running', plugins: [] });
    expect(statSync(kernel.sockets.admin).mode & 0o777).toBe(0o600);
    await Promise.all([kernel.stop(), kernel.stop()]);
    expect(existsSync(kernel.folder)).toBe(false);
  });

  test('keeps its state over a restart', async () => {
    const journal = new MemoryJournal();
    const first = await startTestKernel({ plugins: [greeter], journal });
    await first.server.configure({ name: 'Family Server', setUp: true });
    await first.rpc('greeter.greet', { name: 'a' });
    const { id } = first.server.read();
    await first.stop();
    await using second = await startTestKernel({ plugins: [greeter], journal });
    expect(second.server.read()).toMatchObject({ id, name: 'Family Server', hostname: 'family-server', setUp: true });
    expect((await second.rpc('db.dump', { pointer: '/greeter' })).value).toEqual({ greeted: 1 });
    expect((await second.rpc('db.history', { limit: 100 })).rows).toContainEqual(
      expect.objectContaining({ slice: 'greeter', reason: 'greet', paths: ['/greeter', '/greeter/greeted'] }),
    );
  });

  test('goes into diagnostic mode when something essential fails, and still answers why', async () => {
    const broken = definePlugin({
      id: 'vital',
      version: '1.0.0',
      about: 'Vital',
      requires: {},
      essential: true,
      setup: () => ({ start: () => Promise.reject(new Error('no')) }),
    }) as AnyPlugin;
    await using kernel = await startTestKernel({ plugins: [broken, greeter] });
    const status = (await call(kernel, { ...echo, method: 'server.status', params: {} })).json().result;
    expect(status).toMatchObject({
      mode: 'diagnostic',
      plugins: [{ plugin: 'vital', outcome: 'failed', phase: 'start' }],
    });
    expect((await call(kernel, echo)).json().result).toEqual({ message: 'x' });
  });

  test('refuses a plugin with the name of one of its own parts', async () => {
    await expect(startTestKernel({ plugins: [{ ...greeter, id: 'services' }] })).rejects.toMatchObject({
      code: 'kernel.pluginReserved',
    });
  });

  test('answers on one socket only once: a second kernel in the same place is told', async () => {
    await using folder = await withRelease();
    await using first = await startTestKernel({ folder: folder.folder });
    expect(first.server.boot().mode).toBe('running');
    await expect(startTestKernel({ folder: folder.folder })).rejects.toMatchObject({ code: 'kernel.socketTaken' });
  });
});

describe('POST /rpc/v1', () => {
  test('tells callers apart, and leaks nothing', async () => {
    await using kernel = await startTestKernel({ plugins: [greeter], fakes: [accounts] });
    const greet = { jsonrpc: '2.0', id: 7, method: 'greeter.greet', params: { name: 'you' } };
    const stranger = await call(kernel, greet, own);
    expect([stranger.status, stranger.json().error]).toEqual([
      401,
      {
        code: -32001,
        message: expect.any(String),
        data: { code: 'rpc.signInFirst', callId: expect.any(String), method: 'greeter.greet' },
      },
    ]);
    const known = await call(kernel, greet, { ...own, 'X-Hearth-Token': 'good' });
    expect([known.status, known.json().result.text]).toEqual([200, 'Hello, you']);
    const failed = await call(kernel, { ...greet, method: 'greeter.fail', params: {} }, own);
    expect(failed.json().error).toEqual({
      code: -32603,
      message: 'Internal error',
      data: { code: 'hearth.internal', callId: expect.any(String) },
    });
    expect(failed.text()).not.toMatch(/swordfish|at |\.ts/);
    const late = await call(kernel, { ...greet, method: 'greeter.slow', params: {} }, own);
    expect(late.json().error).toMatchObject({ code: -32010, data: { code: 'rpc.deadline' } });
    const bad = await call(kernel, { ...greet, params: { name: 5 } }, { ...own, 'X-Hearth-Token': 'good' });
    expect(bad.json().error).toMatchObject({
      code: -32602,
      data: { code: 'rpc.invalidInput', issues: [{ path: 'name' }] },
    });
  });

  test.each<[string, string, number, number]>([
    ['no JSON', '{', 400, -32700],
    ['nothing', '', 400, -32700],
    ['a number', '3', 400, -32600],
    ['null', 'null', 400, -32600],
    ['an empty batch', '[]', 400, -32600],
    ['a huge batch', JSON.stringify(Array.from({ length: 51 }, () => echo)), 400, -32600],
    ['another version', JSON.stringify({ ...echo, jsonrpc: '1.0' }), 400, -32600],
    ['no method', JSON.stringify({ jsonrpc: '2.0', id: 1 }), 400, -32600],
    ['params by position', JSON.stringify({ ...echo, params: ['x'] }), 400, -32600],
    ['an object as id', JSON.stringify({ ...echo, id: {} }), 400, -32600],
    ['an unknown method', JSON.stringify({ ...echo, method: 'nope' }), 200, -32601],
    ['a method of Object', JSON.stringify({ ...echo, method: 'constructor' }), 200, -32601],
    [
      'a prototype in params',
      '{"jsonrpc":"2.0","id":1,"method":"echo","params":{"__proto__":{"message":"x"}}}',
      200,
      -32602,
    ],
  ])('answers %s with an envelope error', async (_, body, status, code) => {
    await using kernel = await startTestKernel();
    const answer = await call(kernel, body, own);
    expect([answer.status, answer.json().error.code]).toEqual([status, code]);
    expect(answer.text()).not.toMatch(/ at |\.ts|node:/);
  });

  test('answers batches in order and notifications with nothing', async () => {
    await using kernel = await startTestKernel();
    const { jsonrpc, method, params } = echo;
    const silent = { jsonrpc, method, params };
    const batch = await call(kernel, [echo, silent, { ...echo, id: 'b', method: 'nope' }, 5], own);
    expect(batch.json().map((each: any) => [each.id, 'result' in each])).toEqual([
      [1, true],
      ['b', false],
      [null, false],
    ]);
    const nothing = await call(kernel, silent, own);
    expect([nothing.status, nothing.text()]).toEqual([204, '']);
  });

  test('refuses what is too large, of another type, from another page or for another host', async () => {
    await using kernel = await startTestKernel();
    const statuses = await Promise.all([
      call(kernel, `"${'x'.repeat(4 * 1024 * 1024)}"`, own),
      call(kernel, echo, { ...own, 'Content-Type': 'text/plain' }),
      call(kernel, echo, { ...own, 'Content-Type': 'application/x-www-form-urlencoded' }),
      call(kernel, echo, { Origin: 'https://evil.example' }),
      call(kernel, echo, { Origin: 'https://localhost:9443', 'Sec-Fetch-Site': 'same-site' }),
      call(kernel, echo, { 'Sec-Fetch-Site': 'cross-site' }),
      call(kernel, echo, { ...own, Host: 'evil.example:8443' }),
      call(kernel, echo, { ...own, 'X-Forwarded-Host': 'evil.example:8443' }),
      http({ socketPath: kernel.sockets.kernel, path: '/rpc/v1', headers: own }),
      http({ socketPath: kernel.sockets.kernel, method: 'PUT', path: '/', headers: own }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([413, 415, 415, 403, 403, 403, 421, 421, 405, 405]);
  });
});

describe('GET', () => {
  test('serves the interface, and its start page for its own routes, under a strict policy', async () => {
    await using release = await withRelease();
    await using kernel = await startTestKernel({ folder: release.folder, plugins: [greeter] });
    const get = (path: string, headers: Record<string, string> = {}) =>
      http({ socketPath: kernel.sockets.kernel, path, headers });
    const page = await get('/services/syncthing');
    expect([page.status, page.text()]).toEqual([200, '<!doctype html><title>Hearth</title>']);
    expect(page.headers).toMatchObject({
      'content-security-policy': expect.stringContaining("require-trusted-types-for 'script'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['strict-transport-security']).toBeUndefined();
    // A browser that remembers would speak HTTPS to the plain port as well, which leads here.
    const elsewhere = await get('/', { 'X-Forwarded-Host': 'hearth.local:8443' });
    expect(elsewhere.headers['strict-transport-security']).toBeUndefined();
    const script = await get('/assets/main-ABCD1234.js', { 'Accept-Encoding': 'gzip' });
    expect(script.headers).toMatchObject({
      'content-encoding': 'gzip',
      'cache-control': expect.stringContaining('immutable'),
    });
    expect((await get('/', { 'If-None-Match': page.headers.etag! })).status).toBe(304);
    expect((await get('/greeting.txt')).text()).toBe('hi');
    expect((await get('/openrpc.json')).json().methods.map((each: any) => each.name)).toContain('greeter.greet');
  });

  test.each([
    '/../secret.pem',
    '/%2e%2e/secret.pem',
    '/assets/../../secret.pem',
    '/assets/..%2f..%2fsecret.pem',
    '//etc/passwd.txt',
    '/icon/..',
    '/icon/%2e%2e',
    '/icon/nobody',
    '/nothing.js',
  ])('finds nothing at %s', async (path) => {
    await using release = await withRelease();
    await using kernel = await startTestKernel({ folder: release.folder });
    const answer = await http({ socketPath: kernel.sockets.kernel, path });
    expect([answer.status, answer.text().includes('secret')]).toEqual([404, false]);
  });

  test('sends plain HTTP to HTTPS, but for what must be had before', async () => {
    await using kernel = await startTestKernel({ plugins: [greeter] });
    const plain = { 'X-Forwarded-Proto': 'http', 'X-Forwarded-Host': 'localhost:8080' };
    const away = await http({ socketPath: kernel.sockets.kernel, path: '/a?b', headers: plain });
    expect([away.status, away.headers.location]).toEqual([308, 'https://localhost:8443/a?b']);
    const posted = await call(kernel, echo, plain);
    expect(posted.status).toBe(308);
    expect((await http({ socketPath: kernel.sockets.kernel, path: '/greeting.txt', headers: plain })).text()).toBe(
      'hi',
    );
  });
});

describe('POST /upload', () => {
  const send = (kernel: TestKernel, headers: Record<string, string>, body = 'package') =>
    http({
      socketPath: kernel.sockets.kernel,
      method: 'POST',
      path: '/upload',
      headers: { 'Content-Type': 'application/octet-stream', ...own, ...headers },
      body,
    });

  test('keeps the file of whoever may, within the limit', async () => {
    await using kernel = await startTestKernel({ fakes: [accounts], environment: { HEARTH_UPLOAD_LIMIT: '10' } });
    expect((await send(kernel, {})).status).toBe(401);
    const kept = await send(kernel, { 'X-Hearth-Token': 'good' });
    const { upload } = kept.json();
    expect(statSync(join(kernel.places.staging, 'uploads', upload))).toMatchObject({ size: 7 });
    expect((await send(kernel, { 'X-Hearth-Token': 'good' }, 'x'.repeat(11))).status).toBe(413);
    const chunked = await send(kernel, { 'X-Hearth-Token': 'good', 'Transfer-Encoding': 'chunked' }, 'x'.repeat(11));
    expect([chunked.status, chunked.json().error.data.code]).toEqual([413, 'rpc.tooLarge']);
  });
});

describe('/feed', () => {
  test("gives a snapshot, then patches; the replica has a call's revision", async () => {
    await using kernel = await startTestKernel({ plugins: [greeter], fakes: [accounts] });
    const client = followFeed(kernel.sockets.kernel, { token: 'good' }, own);
    const { rev } = await kernel.rpc('greeter.greet', { name: 'a' });
    await client.replica.reached(rev);
    expect(client.replica.state?.value).toEqual(kernel.store.snapshot().value);
    client.close();
    const again = followFeed(kernel.sockets.kernel, { token: 'good', resume: client.replica.resume! }, own);
    await kernel.rpc('greeter.greet', { name: 'b' });
    await new Promise((resume) => setTimeout(resume, 60));
    expect(again.frames.map((frame) => frame.type)).toEqual(['patch']);
    again.close();
  });

  test('closes with the session', async () => {
    await using kernel = await startTestKernel({ fakes: [accounts] });
    const client = followFeed(kernel.sockets.kernel, { token: 'good' }, own);
    await client.replica.reached(0);
    for (const listener of ended) listener('s1');
    expect(await client.closed).toBe(4401);
  });

  test('refuses strangers, other pages, other hosts, other words', async () => {
    await using kernel = await startTestKernel({ fakes: [accounts] });
    const path = kernel.sockets.kernel;
    const closed = await Promise.all(
      [
        followFeed(path, { token: 'bad' }, own),
        followFeed(path, { token: null }, own),
        followFeed(path, 'nonsense', own),
        followFeed(path, { token: 'good', resume: { epoch: 'x', rev: -1 } }, own),
        followFeed(path, 'x'.repeat(70_000), own),
        followFeed(path, { token: 'good' }, { Origin: 'https://evil.example' }),
        followFeed(path, { token: 'good' }, { Origin: 'https://localhost:9443' }),
        followFeed(path, { token: 'good' }, { ...own, Host: 'evil.example:8443' }),
      ].map((client) => client.closed),
    );
    expect(closed).toEqual([4401, 4401, 4401, 4401, 1009, -403, -403, -403]);
  });

  test('cuts who talks too much, and whoever is one too many', async () => {
    await using kernel = await startTestKernel({ fakes: [accounts], environment: { HEARTH_FEED_SOCKETS: '1' } });
    const client = followFeed(kernel.sockets.kernel, { token: 'good' }, own);
    await client.replica.reached(0);
    expect(await followFeed(kernel.sockets.kernel, { token: 'good' }, own).closed).toBe(-503);
    for (let n = 0; n < 101; n++) client.socket.send('x');
    expect(await client.closed).toBe(1008);
  });
});
