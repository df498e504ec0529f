import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authenticator, CallContext, Exchange, Principal, Server } from '@hearth/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type PluginBed, pluginBed, silentLog, type StartedPlugin } from '../../../spec/testbed/plugin.ts';
import type { AccountsConfig } from './config.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { accountsPlugin } from './plugin.ts';
import { isNearby } from './nearby.ts';
import type { AccountsSecret } from './state.ts';
import { clientOf, Throttle } from './throttle.ts';

const password = 'correct horse battery';
const origin = 'https://home.local:8443';

/** A browser: keeps the cookie it is given. */
class Browser {
  readonly jar = new Map<string, string>();
  token: string | null = null;
  readonly at: string | null;
  readonly address: string;

  constructor(address = '192.168.1.5', at: string | null = origin) {
    this.address = address;
    this.at = at;
  }

  exchange(): Exchange {
    return {
      clientAddress: this.address,
      userAgent: 'Test',
      origin: this.at,
      cookie: (name) => this.jar.get(name) ?? null,
      setCookie: (name, value, age) => (age === 0 ? this.jar.delete(name) : this.jar.set(name, value)),
      token: this.token,
    };
  }
}

let bed: PluginBed;
let plugin: StartedPlugin<AccountsConfig, unknown, AccountsSecret, Authenticator>;
let state: { name: string; setUp: boolean };
const server: Server = {
  read: () => ({ id: 'x', hostname: 'home', version: '1', startedAt: 0, ...state }),
  configure: ({ name, setUp }) => {
    state = { name, setUp: setUp ?? state.setUp };
    return Promise.resolve(1);
  },
};

const who = (browser: Browser): Promise<Principal> =>
  plugin.instance.service!.authenticate({ ...browser.exchange(), bearer: null });

async function call(name: string, input: object, browser: Browser, principal?: Principal): Promise<any> {
  const method = plugin.instance.methods!.find((one) => one.name === name)!;
  const context: CallContext = {
    principal: principal ?? (await who(browser)),
    callId: 'test',
    signal: new AbortController().signal,
    log: silentLog,
    exchange: browser.exchange(),
  };
  return method.output.parse(await method.run(method.input.parse(input), context));
}

const code = () => readFile(join(bed.places.run, 'kernel/setup-code'), 'utf8');
async function setUp(browser = new Browser()): Promise<Browser> {
  const { token } = await call('setup.execute', { code: await code(), name: 'Home', password }, browser);
  browser.token = token;
  return browser;
}

beforeEach(async () => {
  state = { name: '', setUp: false };
  bed = await pluginBed();
  plugin = await bed.start(accountsPlugin, { server }, { wrongDelayMs: 20 });
});
afterEach(async () => {
  await plugin.stop();
  await bed.remove();
});

describe('setup.execute', () => {
  test('asks for the code of the console, whatever its case and hyphens', async () => {
    const browser = new Browser();
    await expect(
      call('setup.execute', { code: 'AAAA-AAAA-AAAA', name: 'Home', password }, browser),
    ).rejects.toMatchObject({ code: 'accounts.wrongCode' });
    await expect(call('setup.execute', { name: 'Home', password }, browser)).rejects.toMatchObject({
      code: 'accounts.wrongCode',
    });
    const typed = (await code()).toLowerCase().replaceAll('-', ' ');
    browser.token = (await call('setup.execute', { code: typed, name: 'Home', password }, browser)).token;
    expect(await who(browser)).toMatchObject({ kind: 'user', role: 'owner' });
    await expect(code()).rejects.toThrow();
  });

  test('asks for the same code after a restart, from a file for its owner alone', async () => {
    const before = await code();
    await plugin.stop();
    plugin = await bed.start(accountsPlugin, { server }, {});
    expect(await code()).toBe(before);
    expect((await stat(join(bed.places.run, 'kernel/setup-code'))).mode & 0o777).toBe(0o600);
  });

  test('makes the guesser of codes wait', async () => {
    const guesser = new Browser();
    for (let at = 0; at < 3; at += 1)
      await expect(call('setup.execute', { code: 'AAAA', name: 'x', password }, guesser)).rejects.toThrow();
    await expect(call('setup.execute', { code: await code(), name: 'x', password }, guesser)).rejects.toMatchObject({
      code: 'accounts.tooManyAttempts',
    });
  });

  test('is done once, also when asked twice at the same time', async () => {
    const right = await code();
    const both = await Promise.allSettled(
      [1, 2].map(() => call('setup.execute', { code: right, name: 'Home', password }, new Browser())),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'accounts.alreadySetUp' },
    });
  });

  test('is refused to strangers from the internet', async () => {
    await expect(
      call('setup.execute', { code: await code(), name: 'Home', password }, new Browser('203.0.113.9')),
    ).rejects.toMatchObject({ code: 'accounts.privateOnly' });
  });

  test('needs no code as root, and makes no session then', async () => {
    expect(await call('setup.execute', { name: 'Home', password }, new Browser(), { kind: 'root' })).toMatchObject({
      token: null,
    });
    expect(state).toEqual({ name: 'Home', setUp: true });
  });

  test('refuses a short password', async () => {
    await expect(
      call('setup.execute', { code: await code(), name: 'Home', password: 'short' }, new Browser()),
    ).rejects.toThrow();
  });
});

describe('a session', () => {
  test('needs the cookie, the token, and the origin it was made for', async () => {
    const browser = await setUp();
    expect(await who(browser)).toMatchObject({ kind: 'user' });
    const cookieAlone = new Browser();
    for (const [name, value] of browser.jar) cookieAlone.jar.set(name, value);
    expect(await who(cookieAlone)).toEqual({ kind: 'anonymous' });
    const tokenAlone = new Browser();
    tokenAlone.token = browser.token;
    expect(await who(tokenAlone)).toEqual({ kind: 'anonymous' });
    const elsewhere = new Browser('192.168.1.5', 'https://home.local:9000');
    for (const [name, value] of browser.jar) elsewhere.jar.set(name, value);
    elsewhere.token = browser.token;
    expect(await who(elsewhere)).toEqual({ kind: 'anonymous' });
  });

  test('outlives a restart; neither half nor the password stands on disk', async () => {
    const browser = await setUp();
    const kept = JSON.stringify(plugin.scope.secret.read());
    for (const secret of [browser.token!, ...browser.jar.values(), password]) expect(kept).not.toContain(secret);
    await plugin.stop();
    plugin = await bed.start(accountsPlugin, { server }, { wrongDelayMs: 20 });
    expect(await who(browser)).toMatchObject({ kind: 'user' });
  });

  test('ends at logout and when it is killed, and whoever listens is told', async () => {
    const [first, second] = [await setUp(), new Browser('192.168.1.6')];
    second.token = (await call('auth.login', { password }, second)).token;
    const ended: string[] = [];
    plugin.instance.service!.onSessionEnd((session) => ended.push(session));
    const { sessions } = await call('auth.session.list', {}, first);
    expect(sessions).toHaveLength(2);
    const other = sessions.find(({ current }: { current: boolean }) => !current);
    await call('auth.session.kill', { ids: [other.id] }, first);
    expect(await who(second)).toEqual({ kind: 'anonymous' });
    await call('auth.logout', {}, first);
    expect(await who(first)).toEqual({ kind: 'anonymous' });
    expect(ended).toHaveLength(2);
    expect(first.jar.size).toBe(0);
  });

  test('of every other place ends when the password changes', async () => {
    const [first, second] = [await setUp(), new Browser()];
    second.token = (await call('auth.login', { password }, second)).token;
    await call('auth.reset-password', { oldPassword: password, newPassword: 'another long password' }, first);
    expect(await who(first)).toMatchObject({ kind: 'user' });
    expect(await who(second)).toEqual({ kind: 'anonymous' });
    await expect(call('auth.login', { password }, second)).rejects.toMatchObject({ code: 'accounts.wrongPassword' });
  });
});

describe('auth.login', () => {
  test('replaces the session this browser had', async () => {
    const browser = await setUp();
    browser.token = (await call('auth.login', { password }, browser)).token;
    expect((await call('auth.session.list', {}, browser)).sessions).toHaveLength(1);
  });

  test('makes one client wait after three wrong passwords, and nobody else', async () => {
    await setUp();
    const guesser = new Browser('192.168.1.66');
    for (let at = 0; at < 3; at += 1) {
      await expect(call('auth.login', { password: 'wrong' }, guesser)).rejects.toMatchObject({
        code: 'accounts.wrongPassword',
        kind: 'FORBIDDEN',
      });
    }
    await expect(call('auth.login', { password }, guesser)).rejects.toMatchObject({ code: 'accounts.tooManyAttempts' });
    expect((await call('auth.login', { password }, new Browser('192.168.1.7'))).token).toEqual(expect.any(String));
  });

  test('a crowd of guessers does not keep the owner out', async () => {
    const owner = await setUp();
    const crowd = Array.from({ length: 200 }, (_, at) =>
      call('auth.login', { password: 'wrong' }, new Browser(`203.0.${at % 7}.${at}`)).catch(
        (error: unknown) => (error as { code: string }).code,
      ),
    );
    // From where a session is, the lane is free.
    expect((await call('auth.login', { password }, owner)).token).toEqual(expect.any(String));
    const codes = (await Promise.all(crowd)) as string[];
    expect(new Set(codes)).toEqual(new Set(['accounts.wrongPassword', 'accounts.busy']));
    expect(codes.filter((each) => each === 'accounts.wrongPassword').length).toBeLessThanOrEqual(16);
  });

  test('is refused before the set-up', async () => {
    await expect(call('auth.login', { password }, new Browser())).rejects.toMatchObject({ code: 'accounts.notSetUp' });
  });
});

describe('auth.token', () => {
  test('lets a program in with its own role, until it ends', async () => {
    const owner = await setUp();
    const { id, token } = await call('auth.token.create', { name: 'watcher', role: 'viewer' }, owner);
    const program = (bearer: string | null) =>
      plugin.instance.service!.authenticate({ ...new Browser('192.168.1.9', null).exchange(), bearer });
    const acts = { name: 'watcher', scopes: null };
    expect(await program(token)).toEqual({ kind: 'user', user: 'owner', role: 'viewer', session: id, program: acts });
    expect(JSON.stringify(plugin.scope.secret.read())).not.toContain(token);
    expect((await call('auth.token.list', {}, owner)).tokens).toMatchObject([{ id, name: 'watcher', role: 'viewer' }]);
    for (const wrong of ['', 'x', `${token}x`, token.replace(/.$/, 'é'), `constructor_____.${token.slice(17)}`])
      expect(await program(wrong)).toEqual({ kind: 'anonymous' });
    await call('auth.token.kill', { ids: [id, 'constructor'] }, owner);
    expect(await program(token)).toEqual({ kind: 'anonymous' });
  });

  test('is worth what it was made for, and makes none that is worth more', async () => {
    const owner = await setUp();
    const made = await call(
      'auth.token.create',
      { name: 'backup', role: 'admin', scopes: ['package.*', 'auth.token.*', 'package.*'] },
      owner,
    );
    const principal = await plugin.instance.service!.authenticate({
      ...new Browser('192.168.1.9', null).exchange(),
      bearer: made.token,
    });
    expect(principal).toMatchObject({
      role: 'admin',
      program: { name: 'backup', scopes: ['auth.token.*', 'package.*'] },
    });
    const mint = (more: object) => call('auth.token.create', { name: 'child', ...more }, owner, principal);
    for (const more of [
      { role: 'admin' },
      { role: 'owner', scopes: ['package.start'] },
      { role: 'admin', scopes: ['db.dump'] },
      { role: 'admin', scopes: ['package.start', 'auth.*'] },
      { role: 'viewer', scopes: ['packages.list'] },
    ])
      await expect(mint(more)).rejects.toMatchObject({ code: 'accounts.tooMuch' });
    expect((await mint({ role: 'viewer', scopes: ['package.start', 'package.action.*'] })).token).toEqual(
      expect.any(String),
    );
    for (const scopes of [[], ['*'], ['.*'], ['a b'], ['package.**'], ['PACKAGE'], ['../x'], ['x'.repeat(65)]])
      await expect(mint({ scopes })).rejects.toThrow();
  });

  test('has no say in sessions and password, whatever its role', async () => {
    const owner = await setUp();
    const { token } = await call('auth.token.create', { name: 'all', role: 'owner' }, owner);
    const principal = await plugin.instance.service!.authenticate({
      ...new Browser('192.168.1.9', null).exchange(),
      bearer: token,
    });
    for (const [method, input] of [
      ['auth.session.list', {}],
      ['auth.session.kill', { ids: ['x'] }],
      ['auth.reset-password', { oldPassword: password, newPassword: 'another long password' }],
    ] as const)
      await expect(call(method, input, owner, principal)).rejects.toMatchObject({ code: 'accounts.personOnly' });
    await expect(call('auth.logout', {}, owner, principal)).rejects.toMatchObject({ code: 'accounts.noSession' });
    expect((await who(owner)).kind).toBe('user');
  });

  test('is never worth more than whoever made it is now', async () => {
    const owner = await setUp();
    const { token } = await call('auth.token.create', { name: 'all', role: 'owner' }, owner);
    await plugin.scope.secret.commit('test', (draft) => void (draft.users['owner']!.role = 'viewer'));
    const bearer = { ...new Browser('192.168.1.9', null).exchange(), bearer: token };
    expect(await plugin.instance.service!.authenticate(bearer)).toMatchObject({ role: 'viewer' });
  });
});

describe('Throttle', () => {
  test('the wait doubles up to a quarter of an hour and is over after a right one', async () => {
    let now = 0;
    const throttle = new Throttle({ now: () => now, wrongDelayMs: 0, isKnown: () => false });
    const waits: number[] = [];
    for (let at = 0; at < 16; at += 1) {
      expect(await throttle.attempt('a', () => Promise.resolve(false))).toBe(false);
      const refused = await throttle
        .attempt('a', () => Promise.resolve(true))
        .then(
          () => null,
          (error: unknown) => (error as { data: { seconds: number } }).data.seconds,
        );
      if (refused === null) await throttle.attempt('a', () => Promise.resolve(false));
      waits.push(refused ?? 0);
      now += (refused ?? 0) * 1000;
    }
    expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(900);
  });

  test('parallel guesses of one client count one by one', async () => {
    const throttle = new Throttle({ now: () => 0, wrongDelayMs: 0, isKnown: () => false });
    let checks = 0;
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, () => throttle.attempt('a', () => Promise.resolve(++checks < 0))),
    );
    expect(checks).toBe(3);
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(9);
  });
});

test('an IPv6 network is one client, a mapped IPv4 address is that address', () => {
  expect(clientOf('2001:db8:1:2:aaaa::1')).toBe(clientOf('2001:0db8:1:2:ffff:1:2:3'));
  expect(clientOf('2001:db8:1:3::1')).not.toBe(clientOf('2001:db8:1:2::1'));
  expect(clientOf('::ffff:192.168.1.5')).toBe('192.168.1.5');
});

test.each([
  ['127.0.0.1', true],
  ['192.168.0.9', true],
  ['172.31.255.255', true],
  ['172.32.0.1', false],
  ['8.8.8.8', false],
  ['fe80::1%eth0', true],
  ['2001:db8::1', false],
  ['unknown', false],
])('isNearby(%j) is %j', (address, expected) => {
  expect(isNearby(address)).toBe(expected);
});

test('a password hash is Argon2id in PHC form, salted, and survives composition', async () => {
  const [one, two] = [await hashPassword('pässword-long'), await hashPassword('pässword-long')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword('pa\u0308ssword-long', one)).toEqual({ right: true, outdated: false });
  expect(await verifyPassword('password-long', one)).toEqual({ right: false, outdated: false });
  await expect(verifyPassword('anything', 'none')).rejects.toMatchObject({ code: 'accounts.hashUnreadable' });
});
