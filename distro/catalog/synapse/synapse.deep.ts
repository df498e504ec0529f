/** Synapse on a real box, with PostgreSQL: two people exchange messages in a room. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Household, long, makeHousehold } from '../../../spec/system/catalog.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('postgresql');
  await home.install('synapse', { tasks: true });
}, 2 * long);
afterAll(() => home.close(), 180_000);

interface Told {
  readonly status: number;
  readonly told: any;
}

class Person {
  readonly address: string;
  private readonly token: string;

  private constructor(address: string, token: string) {
    this.address = address;
    this.token = token;
  }

  static async logIn({ Address = '', Password = '' }: Record<string, string>): Promise<Person> {
    const identifier = { type: 'm.id.user', user: Address };
    const asked = { type: 'm.login.password', identifier, password: Password };
    const { status, told } = await ask('POST', '/login', asked);
    if (status !== 200) throw new Error(told.errcode);
    return new Person(told.user_id, told.access_token);
  }

  async do(method: string, path: string, body?: object): Promise<any> {
    const { status, told } = await ask(method, path, body, this.token);
    expect({ path, status, told }).toMatchObject({ status: 200 });
    return told;
  }
}

async function ask(method: string, path: string, body?: object, token?: string): Promise<Told> {
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const text = body === undefined ? '' : JSON.stringify(body);
  const answer = await home.ask('synapse', `/_matrix/client/v3${path}`, { method, headers, body: text });
  return { status: answer.status, told: JSON.parse(answer.body) };
}

const messages = (sync: any, room: string): string[] =>
  (sync.rooms?.join?.[room]?.timeline.events ?? [])
    .filter(({ type }: any) => type === 'm.room.message')
    .map(({ content }: any) => content.body);

let anna: Record<string, string>;
let bela: Record<string, string>;
let room = '';

test('two people exchange messages in a room', async () => {
  anna = await home.action('synapse', 'add-person', { name: 'anna' });
  bela = await home.action('synapse', 'add-person', { name: 'bela' });
  expect(anna['Address']).toMatch(/^@anna:synapse\..+\.local$/);
  expect(Object.values(await home.action('synapse', 'list-people'))).toEqual(
    expect.arrayContaining([anna['Address'], bela['Address']]),
  );
  const [first, second] = [await Person.logIn(anna), await Person.logIn(bela)];
  room = (await first.do('POST', '/createRoom', { name: 'Kitchen', invite: [second.address] })).room_id;
  await second.do('POST', `/join/${encodeURIComponent(room)}`, {});
  const path = (id: string) => `/rooms/${encodeURIComponent(room)}/send/m.room.message/${id}`;
  await first.do('PUT', path('one'), { msgtype: 'm.text', body: 'Dinner is ready' });
  await second.do('PUT', path('two'), { msgtype: 'm.text', body: 'Coming — 食べる!' });
  expect(messages(await first.do('GET', '/sync'), room)).toEqual(['Dinner is ready', 'Coming — 食べる!']);
}, 240_000);

test('all is there after a restart of both', async () => {
  await home.restart('postgresql');
  await home.healthy('synapse');
  await home.restart('synapse');
  const person = await Person.logIn(bela);
  expect(messages(await person.do('GET', '/sync'), room)).toEqual(['Dinner is ready', 'Coming — 食べる!']);
}, 300_000);

test('strangers cannot join by themselves, and who was removed stays outside', async () => {
  const asked = { username: 'stranger', password: 'let me in please', auth: { type: 'm.login.dummy' } };
  expect((await ask('POST', '/register', asked)).status).toBe(403);
  const renewed = await home.action('synapse', 'add-person', { name: 'bela' });
  await expect(Person.logIn(bela)).rejects.toThrow('M_FORBIDDEN');
  await Person.logIn(renewed);
  await home.action('synapse', 'remove-person', { name: 'bela' });
  await expect(Person.logIn(renewed)).rejects.toThrow(/M_(FORBIDDEN|USER_DEACTIVATED)/);
}, 120_000);

test('both come back from a backup', async () => {
  await home.comeBack('postgresql', 'synapse');
  const person = await Person.logIn(anna);
  expect(messages(await person.do('GET', '/sync'), room)).toEqual(['Dinner is ready', 'Coming — 食べる!']);
}, 300_000);
