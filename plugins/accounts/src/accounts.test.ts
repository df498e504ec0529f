import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Authenticator, CallContext, Exchange, Principal, Server } from '@hearth/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type PluginBed, pluginBed, silentLog, type StartedPlugin } from '../../../spec/testbed/plugin.ts';
import type { AccountsConfig } from './config.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { accountsPlugin } from './plugin.ts';
import { isPrivateAddress } from './private-address.ts';
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

const code = () => readFile(join(bed.places.run, 'setup-code'), 'utf8');
async function setUp(browser = new Browser()): Promise<Browser> {
  const { token } = await call('setup.execute', { code: await code(), name: 'Home', password }, browser);
  browser.token = token;
  return browser;
}

beforeEach(async () => {
  state = { name: '', setUp: false };
  bed = await pluginBed();
  plugin = await bed.start(accountsPlugin, { server });
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
    plugin = await bed.start(accountsPlugin, { server });
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
  test('makes one client wait after five wrong passwords, and nobody else', async () => {
    await setUp();
    const guesser = new Browser('192.168.1.66');
    for (let at = 0; at < 5; at += 1) {
      await expect(call('auth.login', { password: 'wrong' }, guesser)).rejects.toMatchObject({
        code: 'accounts.wrongPassword',
      });
    }
    await expect(call('auth.login', { password }, guesser)).rejects.toMatchObject({ code: 'accounts.tooManyAttempts' });
    expect((await call('auth.login', { password }, new Browser('192.168.1.7'))).token).toEqual(expect.any(String));
  });
});

test('the wait doubles up to its limit and is over after a right password', () => {
  let now = 0;
  const throttle = new Throttle({ freeAttempts: 2, longestWait: 8, now: () => now });
  const waits: number[] = [];
  for (let at = 0; at < 7; at += 1) {
    throttle.wrong('a');
    let seconds = 0;
    for (; seconds < 100; seconds += 1, now += 1000) {
      try {
        throttle.check('a');
        break;
      } catch {
        // Still waiting.
      }
    }
    waits.push(seconds);
  }
  expect(waits).toEqual([0, 1, 2, 4, 8, 8, 8]);
  throttle.right('a');
  throttle.wrong('a');
  expect(() => throttle.check('a')).not.toThrow();
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
])('isPrivateAddress(%j) is %j', (address, expected) => {
  expect(isPrivateAddress(address)).toBe(expected);
});

test('a password hash is Argon2id in PHC form, salted, and survives composition', async () => {
  const [one, two] = [await hashPassword('pässword-long'), await hashPassword('pässword-long')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect(await verifyPassword('pa\u0308ssword-long', one)).toBe(true);
  expect(await verifyPassword('password-long', one)).toBe(false);
  expect(await verifyPassword('anything', null)).toBe(false);
});
