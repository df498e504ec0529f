/** The mail server as the owner sets it, and as packages and the page see it. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { House, until } from '../testing/house.ts';
import { Shelf } from '../testing/shelf.ts';

// The machine may be busy with other suites.
jest.setTimeout(60_000);

let house: House;
let shelf: Shelf;

beforeEach(async () => {
  house = await House.build();
  shelf = await Shelf.open(house);
});
afterEach(() => house.demolish());

const call = async (name: string, input: object = {}): Promise<any> => {
  const method = shelf.kernel.methods.get(name)!;
  return method.run(method.input.parse(input), { signal: new AbortController().signal } as never);
};
const given = { host: 'mail.example.com', port: 587, from: 'Home <home@example.com>', username: 'home' };
const shown = (): any => (house.slice('smtp') as { server: unknown }).server;

test('packages are given all of it, the page all but the password', async () => {
  const app = await shelf.put('app');
  expect(await app.call('get-system-smtp', { callback: null })).toBeNull();
  await call('server.set-smtp', { ...given, password: 'word', security: 'tls' });
  expect(await app.call('get-system-smtp', { callback: 1 })).toEqual({ ...given, password: 'word', security: 'tls' });
  expect(shown()).toEqual({ ...given, security: 'tls', hasPassword: true });
  await call('server.clear-smtp');
  await until(() => app.fired.length > 0, 'the callback');
  expect(app.fired).toEqual([{ id: 1, args: [null] }]);
  expect(shown()).toBeNull();
});

test('a change of the password alone is told as well', async () => {
  const app = await shelf.put('app');
  await call('server.set-smtp', { ...given, password: 'one' });
  await app.call('get-system-smtp', { callback: 1 });
  await call('server.set-smtp', { ...given, password: 'two' });
  await until(() => app.fired.length > 0, 'the callback');
  expect(app.fired[0]?.args).toEqual([{ ...given, password: 'two', security: 'starttls' }]);
});

test('a password that is left out stays, but is never told another server or user', async () => {
  const app = await shelf.put('app');
  const password = async (): Promise<unknown> =>
    ((await app.call('get-system-smtp', { callback: null })) as { password: unknown }).password;
  await call('server.set-smtp', { ...given, password: 'word' });
  await call('server.set-smtp', { ...given, from: 'other@example.com' });
  expect(await password()).toBe('word');
  for (const other of [{ host: 'evil.example.com' }, { port: 25 }, { username: 'guest' }]) {
    await call('server.set-smtp', { ...given, password: 'word' });
    await call('server.set-smtp', { ...given, ...other });
    expect(await password()).toBeNull();
  }
});

test('it outlives the kernel', async () => {
  await call('server.set-smtp', { ...given, password: 'word' });
  await house.crash();
  shelf = await Shelf.open(house);
  expect(shown()).toMatchObject({ host: 'mail.example.com', hasPassword: true });
});

test('what could begin another line of a message, or is no address, is refused; so is a test without a server', async () => {
  for (const wrong of [
    { host: 'mail example' },
    { port: 0 },
    { from: 'home' },
    { from: 'a@b.c\r\nBcc: d@e.f' },
    { username: 'a\nb' },
    { security: 'none' },
  ])
    await expect(call('server.set-smtp', { ...given, ...wrong })).rejects.toThrow();
  await expect(call('server.test-smtp', { to: 'ada@example.com' })).rejects.toMatchObject({ code: 'mail.notSet' });
});
