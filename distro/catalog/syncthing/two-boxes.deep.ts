/** Two boxes keep a folder the same, as a household and its grandparents' do: what is put in on one side comes out on the other. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { basic, type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';

const files = '/var/syncthing/files';

/** Syncthing's own interface, as its web page uses it. */
class Side {
  private readonly home: Household;
  private readonly headers: Readonly<Record<string, string>>;

  private constructor(home: Household, headers: Readonly<Record<string, string>>) {
    this.home = home;
    this.headers = headers;
  }

  static async open(): Promise<Side> {
    const home = await makeHousehold();
    try {
      await home.install('syncthing');
      const { User = '', Password = '' } = await home.action('syncthing', 'get-credentials');
      const login = basic(User, Password);
      const page = await home.ask('syncthing', '/', { headers: login });
      const cookies = [page.headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0] ?? '');
      const [name = '', token = ''] = cookies.find((cookie) => cookie.startsWith('CSRF-Token'))?.split('=') ?? [];
      return new Side(home, { ...login, cookie: cookies.join('; '), [`x-${name}`]: token });
    } catch (error) {
      await home.close();
      throw error;
    }
  }

  async rest(method: string, path: string, told?: object): Promise<any> {
    const headers = { ...this.headers, 'content-type': 'application/json' };
    const body = told === undefined ? '' : JSON.stringify(told);
    const answer = await this.home.ask('syncthing', `/rest${path}`, { method, headers, body });
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body === '' ? null : JSON.parse(answer.body);
  }

  async id(): Promise<string> {
    return (await this.rest('GET', '/system/status')).myID;
  }

  /** Where the other side finds this one: an address of the machine, and the port Hearth gave it. */
  async place(): Promise<string> {
    const own = Object.values(networkInterfaces()).flatMap((entries = []) => entries);
    const found = own.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found === undefined) throw new Error('The machine has no address');
    const { port } = await this.home.place('syncthing', 'sync');
    return `tcp://${found.address}:${port}`;
  }

  async meet(other: Side): Promise<void> {
    const [own, theirs] = [await this.id(), await other.id()];
    await this.rest('PUT', `/config/devices/${theirs}`, {
      deviceID: theirs,
      name: 'The other box',
      addresses: [await other.place()],
    });
    await this.rest('PUT', '/config/folders/pictures', {
      ...{ id: 'pictures', label: 'Pictures', path: `${files}/pictures`, rescanIntervalS: 5 },
      devices: [{ deviceID: own }, { deviceID: theirs }],
    });
  }

  /** The folder as the household's own computer would see it. */
  get folder(): string {
    return join(this.home.box.config.data, 'engine/volumes/syncthing/data/data/files/pictures');
  }

  close(): Promise<void> {
    return this.home.close();
  }
}

const sides: Side[] = [];
beforeAll(async () => {
  sides.push(await Side.open());
  sides.push(await Side.open());
}, 2 * long);
afterAll(async () => {
  for (const side of sides) await side.close();
}, 300_000);

test('what is put in on one side comes out on the other, byte for byte', async () => {
  const [here, there] = sides;
  if (here === undefined || there === undefined) throw new Error('There are not two boxes');
  await here.meet(there);
  await there.meet(here);
  const picture = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
  await until('the folder is there', 60_000, async () => (mkdirSync(join(here.folder, 'summer')), true));
  writeFileSync(join(here.folder, 'summer/beach.jpg'), picture, { mode: 0o644 });
  await here.rest('POST', '/db/scan?folder=pictures');
  await until('it has come over', 120_000, async () => {
    const arrived = readFileSync(join(there.folder, 'summer/beach.jpg'));
    return arrived.equals(picture);
  });
  expect((await there.rest('GET', '/db/status?folder=pictures')).globalFiles).toBe(1);
}, 300_000);
