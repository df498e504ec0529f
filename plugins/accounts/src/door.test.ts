/** The accounts behind the real door: what a browser, a neighbour's page and a program get. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyPlugin, Principal } from '@hearth/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { followFeed, http, startTestKernel, type TestKernel } from '../../../kernel/core/src/testing/index.ts';
import { accountsPlugin } from './plugin.ts';

const password = 'correct horse battery';
const origin = 'https://hearth.local:8443';
const page = { Host: 'hearth.local:8443', Origin: origin, 'Sec-Fetch-Site': 'same-origin', 'X-Real-IP': '192.168.1.5' };

describe('behind the door', () => {
  let kernel: TestKernel;
  beforeEach(async () => {
    kernel = await startTestKernel({ plugins: [accountsPlugin as AnyPlugin] });
  });
  afterEach(() => kernel.stop());

  const call = async (method: string, params: object, headers: Record<string, string> = page) => {
    const answer = await http({
      socketPath: kernel.sockets.kernel,
      method: 'POST',
      path: '/rpc/v1',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return { ...answer, ...(answer.json() as { result?: any; error?: any }) };
  };
  const setUp = async () => {
    const code = await readFile(join(kernel.places.run, 'kernel/setup-code'), 'utf8');
    const answer = await call('setup.execute', { code, name: 'Family Server', password });
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    return {
      cookie,
      session: { ...page, Cookie: cookie.split(';')[0] ?? '', 'X-Hearth-Token': answer.result.token as string },
    };
  };

  test('the cookie is as strict as a cookie can be', async () => {
    const { cookie } = await setUp();
    expect(cookie).toMatch(
      /^__Host-hearth=[\w-]{16}\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=31536000$/,
    );
    expect(kernel.server.read()).toMatchObject({ name: 'Family Server', hostname: 'family-server', setUp: true });
  });

  test('both halves at their own origin open the door; anything less does not', async () => {
    const { session } = await setUp();
    const who = async (headers: Record<string, string>) => (await call('auth.whoami', {}, headers)).result?.kind;
    const { Cookie, 'X-Hearth-Token': token } = session;
    expect(await who(session)).toBe('user');
    expect(await who({ ...page, Cookie })).toBe('anonymous');
    expect(await who({ ...page, 'X-Hearth-Token': token })).toBe('anonymous');
    // The browser sends the cookie to every port of the host; a service's page there gets nowhere with it.
    expect(await who({ ...session, Origin: 'https://hearth.local:9443' })).toBeUndefined();
    expect(await who({ ...session, Host: 'localhost:8443', Origin: 'https://localhost:8443' })).toBe('anonymous');
    const program = { Host: page.Host, 'X-Real-IP': page['X-Real-IP'], Cookie, 'X-Hearth-Token': token };
    expect(await who(program)).toBe('anonymous');
  });

  test('a feed closes when its session ends', async () => {
    const { session } = await setUp();
    const { 'X-Hearth-Token': token, ...upgrade } = session;
    const feed = followFeed(kernel.sockets.kernel, { token }, upgrade);
    await feed.replica.reached(kernel.store.rev);
    expect(JSON.stringify(feed.replica.state?.value)).not.toMatch(/argon2|cookie/);
    const out = await call('auth.logout', {}, session);
    expect(out.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect(await feed.closed).toBe(4401);
    expect((await call('auth.session.list', {}, session)).status).toBe(401);
  });

  test('a program comes in by its token alone, with the role it was given', async () => {
    const { session } = await setUp();
    const { result } = await call('auth.token.create', { name: 'watch', role: 'viewer' }, session);
    const program = { Host: 'hearth.local:8443', Authorization: `Bearer ${result.token}` };
    expect((await call('db.dump', { pointer: '/server/name' }, program)).result.value).toBe('Family Server');
    expect((await call('db.history', {}, program)).error.data.code).toBe('rpc.notAllowed');
    expect((await call('auth.token.create', { name: 'more' }, program)).status).toBe(403);
  });

  test('a token made for a few methods opens neither the feed nor uploads, unless it was made for what they are', async () => {
    const { session } = await setUp();
    const make = async (...scopes: string[]) => {
      const { result } = await call('auth.token.create', { name: 'few', role: 'admin', scopes }, session);
      return { Host: 'hearth.local:8443', Authorization: `Bearer ${result.token}` };
    };
    const upload = async (headers: Record<string, string>) => {
      const type = { 'Content-Type': 'application/octet-stream' };
      const where = { socketPath: kernel.sockets.kernel, method: 'POST', path: '/upload', body: 'x' };
      return (await http({ ...where, headers: { ...headers, ...type } })).status;
    };
    const follow = async (headers: Record<string, string>) => {
      const feed = followFeed(kernel.sockets.kernel, { token: null }, headers);
      const frame = await new Promise<string>((resolve) =>
        feed.socket.on('message', () => resolve(feed.frames[0]?.type ?? '')),
      );
      feed.close();
      return frame;
    };
    const few = await make('package.list');
    expect((await call('package.list', {}, few)).result).toEqual([]);
    const refused = await call('package.start', { id: 'x' }, few);
    expect([refused.status, refused.error.data.code]).toEqual([403, 'rpc.outOfScope']);
    expect([await upload(few), await follow(few)]).toEqual([403, 'refused']);
    expect([await upload(await make('package.*')), await follow(await make('db.dump'))]).toEqual([200, 'snapshot']);
  });

  test('every method, for every role and for none: in or out as it declares', async () => {
    const user = (role: 'owner' | 'admin' | 'viewer'): Principal => ({
      kind: 'user',
      user: 'owner',
      role,
      session: 's',
    });
    const callers: Record<string, { principal: Principal; may: readonly string[] }> = {
      anonymous: { principal: { kind: 'anonymous' }, may: ['anyone'] },
      viewer: { principal: user('viewer'), may: ['anyone', 'viewer'] },
      admin: { principal: user('admin'), may: ['anyone', 'viewer', 'admin'] },
      owner: { principal: user('owner'), may: ['anyone', 'viewer', 'admin', 'owner'] },
      package: { principal: { kind: 'package', service: 'x' }, may: [] },
      plugin: { principal: { kind: 'plugin', plugin: 'x' }, may: [] },
    };
    let refused = 0;
    for (const method of kernel.dispatcher.methods) {
      for (const { principal, may } of Object.values(callers)) {
        // Input no method takes: whoever is let in fails at the next step, and nothing is done.
        const code = await kernel
          .rpc(method.name, 'not an object', principal)
          .catch((error: unknown) => (error as { code: string }).code);
        if (may.includes(method.allow)) expect(code).toBe('rpc.invalidInput');
        else expect(code).toBe(principal.kind === 'anonymous' ? 'rpc.signInFirst' : 'rpc.notAllowed');
        if (code !== 'rpc.invalidInput') refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(50);
  });
});
