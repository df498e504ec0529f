/** Transmission on a real box: a torrent is added over its web interface, checked, and shared. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { basic, type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('transmission');
}, long);
afterAll(() => home.close(), 180_000);

const film = Buffer.alloc(300_000, 'a film of long ago ');

/** As `transmission-create` would write it. */
function torrent(name: string): Buffer {
  const size = 65_536;
  const pieces = Array.from({ length: Math.ceil(film.length / size) }, (_, at) =>
    createHash('sha1')
      .update(film.subarray(at * size, (at + 1) * size))
      .digest(),
  );
  const sums = Buffer.concat(pieces);
  const before = `d4:infod6:lengthi${film.length}e4:name${name.length}:${name}12:piece lengthi${size}e6:pieces${sums.length}:`;
  return Buffer.concat([Buffer.from(before), sums, Buffer.from('ee')]);
}

async function rpc(method: string, args: object): Promise<any> {
  const { User = '', Password = '' } = await home.action('transmission', 'get-credentials');
  const ask = (headers: Record<string, string>) =>
    home.ask('transmission', '/transmission/rpc', {
      method: 'POST',
      headers: { ...basic(User, Password), ...headers },
      body: JSON.stringify({ method, arguments: args }),
    });
  const first = await ask({});
  const session = String(first.headers['x-transmission-session-id']);
  const told = await ask({ 'x-transmission-session-id': session });
  return JSON.parse(told.body);
}

test('it asks for a password', async () => {
  expect((await home.ask('transmission', '/transmission/web/')).status).toBe(401);
  const { User = '', Password = '' } = await home.action('transmission', 'get-credentials');
  const page = await home.ask('transmission', '/transmission/web/', { headers: basic(User, Password) });
  expect(page.status).toBe(200);
  expect(page.body).toContain('Transmission');
}, 60_000);

test('a torrent is added, its file found whole and shared, also after a restart', async () => {
  writeFileSync(join(home.box.config.data, 'engine/volumes/transmission/data/data/downloads/film.bin'), film);
  const added = await rpc('torrent-add', { metainfo: torrent('film.bin').toString('base64') });
  expect(added).toMatchObject({ result: 'success', arguments: { 'torrent-added': { name: 'film.bin' } } });
  const whole = () =>
    until('it is whole', 60_000, async () => {
      const told = await rpc('torrent-get', { fields: ['percentDone', 'status', 'errorString'] });
      const [found] = told.arguments.torrents;
      // 6: sharing.
      return found?.percentDone === 1 && found.status === 6 && found.errorString === '' ? found : null;
    });
  await whole();
  await home.restart('transmission');
  await whole();
}, 240_000);

test('a new password replaces the old one, and the settings hold', async () => {
  const before = await home.action('transmission', 'get-credentials');
  const after = await home.action('transmission', 'reset-password');
  const open = async ({ User = '', Password = '' }: Record<string, string>) =>
    (await home.ask('transmission', '/transmission/web/', { headers: basic(User, Password) })).status;
  await until('the new password works', 60_000, async () => (await open(after)) === 200);
  expect(await open(before)).toBe(401);
  await home.healthy('transmission');
}, 120_000);

test('it comes back from a backup', async () => {
  await home.comeBack('transmission');
  const told = await rpc('torrent-get', { fields: ['name'] });
  expect(told.arguments.torrents).toEqual([{ name: 'film.bin' }]);
}, 240_000);
