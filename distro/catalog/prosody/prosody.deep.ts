/** Prosody on a real box: two people write to each other, send a picture, and meet in a room. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Client, client, xml } from '@xmpp/client';
import { type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';

let home: Household;
/** The client library takes no certificates: this carries its words through a TLS connection that is checked. */
let port: number;

beforeAll(async () => {
  home = await makeHousehold();
  await home.install('prosody');
  port = await home.tunnel('prosody', 'clients');
}, long);

afterAll(() => home.close(), 180_000);

interface Person {
  readonly address: string;
  readonly client: Client;
  /** Bodies of messages, as they came. */
  readonly read: string[];
  leave(): Promise<void>;
}

async function comeIn({ Address = '', Password = '' }: Record<string, string>): Promise<Person> {
  const [username = '', domain = ''] = Address.split('@');
  const person = client({ service: `xmpp://127.0.0.1:${port}`, domain, username, password: Password });
  const read: string[] = [];
  person.on('error', () => undefined);
  person.reconnect.stop();
  person.on('stanza', (stanza) => {
    const body = stanza.is('message') ? stanza.getChildText('body') : null;
    if (body !== null) read.push(body);
  });
  await person.start();
  await person.send(xml('presence'));
  return { address: Address, client: person, read, leave: () => person.stop().then(() => undefined) };
}

const say = (to: string, body: string, type = 'chat') => xml('message', { type, to }, xml('body', {}, body));

let anna: Record<string, string>;
let bela: Record<string, string>;

test('two people write to each other; what is written meanwhile waits', async () => {
  anna = await home.action('prosody', 'add-person', { name: 'anna' });
  bela = await home.action('prosody', 'add-person', { name: 'bela' });
  expect(anna['Address']).toMatch(/^anna@prosody\..+\.local$/);
  const listed = await home.action('prosody', 'list-people');
  expect(Object.values(listed)).toEqual(expect.arrayContaining([anna['Address'], bela['Address']]));

  const [first, second] = [await comeIn(anna), await comeIn(bela)];
  await first.client.send(say(second.address, 'Good morning, Béla!'));
  await until('it is read', 10_000, async () => second.read.includes('Good morning, Béla!'));
  await second.leave();
  await first.client.send(say(bela['Address'] ?? '', 'Are you gone?'));
  await first.leave();
  await home.restart('prosody');
  const late = await comeIn(bela);
  await until('what waited is read', 10_000, async () => late.read.includes('Are you gone?'));
  await late.leave();
}, 240_000);

test('they meet in a room', async () => {
  const domain = (anna['Address'] ?? '').split('@')[1] ?? '';
  const people = [await comeIn(anna), await comeIn(bela)];
  const muc = () => xml('x', { xmlns: 'http://jabber.org/protocol/muc' });
  for (const [number, person] of people.entries()) {
    await person.client.send(xml('presence', { to: `kitchen@rooms.${domain}/person${number}` }, muc()));
    if (number > 0) continue;
    // The one who opens a room has to accept its settings before others come in.
    const form = xml('x', { xmlns: 'jabber:x:data', type: 'submit' });
    await person.client.iqCaller.request(
      xml(
        'iq',
        { type: 'set', to: `kitchen@rooms.${domain}` },
        xml('query', 'http://jabber.org/protocol/muc#owner', form),
      ),
    );
  }
  await people[1]?.client.send(say(`kitchen@rooms.${domain}`, 'Dinner is ready', 'groupchat'));
  await until('everybody reads it', 10_000, async () => people.every(({ read }) => read.includes('Dinner is ready')));
  await Promise.all(people.map((person) => person.leave()));
}, 120_000);

test('a picture goes through the server', async () => {
  const person = await comeIn(anna);
  const domain = person.address.split('@')[1] ?? '';
  const picture = 'not really a picture';
  const request = xml('request', {
    xmlns: 'urn:xmpp:http:upload:0',
    filename: 'cat.jpg',
    size: String(picture.length),
    'content-type': 'image/jpeg',
  });
  const told = await person.client.iqCaller.request(xml('iq', { type: 'get', to: `files.${domain}` }, request));
  const slot = told.getChild('slot');
  const put = slot?.getChild('put');
  const address = new URL(put?.attrs['url'] as string);
  expect(address.hostname).toBe(domain);
  const authorization = put?.getChild('header')?.text() ?? '';
  const headers = { authorization, 'content-type': 'image/jpeg' };
  const path = address.pathname + address.search;
  expect(await home.ask('prosody', path, { method: 'PUT', headers, body: picture })).toMatchObject({ status: 201 });
  const read = new URL(slot?.getChild('get')?.attrs['url'] as string);
  expect(await home.ask('prosody', read.pathname)).toMatchObject({ status: 200, body: picture });
  await person.leave();
}, 60_000);

test('a wrong password and a person who was removed stay outside', async () => {
  await expect(comeIn({ ...anna, Password: 'wrong' })).rejects.toThrow(/not-authorized/);
  await home.action('prosody', 'remove-person', { name: 'bela' });
  await expect(comeIn(bela)).rejects.toThrow(/not-authorized/);
}, 60_000);

test('it comes back from a backup', async () => {
  await home.comeBack('prosody');
  await (await comeIn(anna)).leave();
  await expect(comeIn(bela)).rejects.toThrow(/not-authorized/);
}, 240_000);
