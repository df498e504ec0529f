/** Mumble on a real box: two people come in, write and talk. */
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';
import { Guest } from './testing/client.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('mumble');
}, long);
afterAll(() => home.close(), 180_000);

async function comeIn(name: string, password: string): Promise<Guest> {
  const { port } = await home.place('mumble', 'voice');
  // Its certificate is its own: Mumble's programs ask their people once whether they trust it.
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  const guest = new Guest(socket, name, password);
  await guest.in;
  return guest;
}

test('two guests write to and hear each other', async () => {
  const { 'Password for guests': password = '' } = await home.action('mumble', 'get-credentials');
  const [anna, bela] = [await comeIn('Anna', password), await comeIn('Béla', password)];
  anna.write('Can you hear me?');
  await until('Béla reads it', 10_000, async () => bela.written.includes('Can you hear me?'));
  const sound = Buffer.from('a syllable');
  for (let sequence = 0; sequence < 5; sequence += 1) anna.talk(sound, sequence);
  await until('Béla hears it', 10_000, async () => bela.heard.some((packet) => packet.includes(sound)));
  expect(anna.heard).toEqual([]);
  anna.leave();
  bela.leave();
}, 120_000);

test('who does not know the password stays outside; a name that is taken too', async () => {
  await expect(comeIn('Stranger', 'wrong')).rejects.toThrow(/Refused/);
  const { 'Password for guests': password = '' } = await home.action('mumble', 'get-credentials');
  const anna = await comeIn('Anna', password);
  await expect(comeIn('SuperUser', password)).rejects.toThrow(/Refused/);
  anna.leave();
}, 60_000);

test('settings and the password of SuperUser can be changed', async () => {
  const { Password: before = '' } = await home.action('mumble', 'get-credentials');
  const { Password: after = '' } = await home.action('mumble', 'reset-password');
  await expect(comeIn('SuperUser', before)).rejects.toThrow(/Refused/);
  (await comeIn('SuperUser', after)).leave();
  const { startedAt } = (await home.box.call('db.dump', { pointer: '/services/mumble/status' })).value;
  await home.action('mumble', 'configure', { welcome: 'He said "hi" \\o/', password: 'open sesame', people: 9 });
  await until('it runs anew', 60_000, async () => {
    const { value } = await home.box.call('db.dump', { pointer: '/services/mumble/status' });
    return value.actual === 'running' && value.startedAt !== startedAt;
  });
  await home.healthy('mumble');
  (await comeIn('Anna', 'open sesame')).leave();
}, 180_000);

test('it comes back from a backup', async () => {
  await home.comeBack('mumble');
  (await comeIn('Anna', 'open sesame')).leave();
}, 240_000);
