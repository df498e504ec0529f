/** Files on a real box: a drive that two devices use, as a file manager speaks to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { basic, type Household, long, makeHousehold } from '../../../spec/system/catalog.ts';

let home: Household;
let login: Record<string, string>;
const files = () => join(home.box.config.data, 'engine/volumes/webdav/data/data/files');

beforeAll(async () => {
  home = await makeHousehold();
  await home.install('webdav');
  const { User = '', Password = '' } = await home.action('webdav', 'get-credentials');
  login = basic(User, Password);
}, long);
afterAll(() => home.close(), 180_000);

const dav = (method: string, path: string, body = '', headers: Record<string, string> = {}) =>
  home.ask('webdav', path, { method, body, headers: { ...login, ...headers } });

test('folders and files are made, listed, moved and read, and outlive a restart', async () => {
  expect((await dav('MKCOL', '/Letters')).status).toBe(201);
  expect((await dav('PUT', '/Letters/draft.txt', 'Dear Anna,')).status).toBe(201);
  const listed = await dav('PROPFIND', '/Letters/', '', { depth: '1' });
  expect(listed.status).toBe(207);
  expect(listed.body).toContain('/Letters/draft.txt');
  const destination = `https://webdav.localhost:${home.box.port}/Letters/Grüße an Anna.txt`;
  expect((await dav('MOVE', '/Letters/draft.txt', '', { destination: encodeURI(destination) })).status).toBe(201);
  await home.restart('webdav');
  const read = await dav('GET', encodeURI('/Letters/Grüße an Anna.txt'));
  expect(read).toMatchObject({ status: 200, body: 'Dear Anna,' });
  expect(readFileSync(join(files(), 'Letters/Grüße an Anna.txt'), 'utf8')).toBe('Dear Anna,');
  expect((await dav('DELETE', '/Letters')).status).toBe(204);
  expect((await dav('GET', '/Letters/')).status).toBe(404);
}, 240_000);

test('a large file passes whole', async () => {
  const photo = 'holiday '.repeat(1_000_000);
  expect((await dav('PUT', '/photo.raw', photo)).status).toBe(201);
  expect((await dav('GET', '/photo.raw')).body === photo).toBe(true);
}, 120_000);

test('nobody gets in without the password, and never above the folder', async () => {
  expect((await home.ask('webdav', '/', { method: 'PROPFIND' })).status).toBe(401);
  const above = await dav('GET', '/..%2fusers');
  expect(above.body).not.toContain('$apr1$');
  expect(above.status).toBeGreaterThanOrEqual(400);
  const { User = '', Password = '' } = await home.action('webdav', 'reset-password');
  expect((await dav('PROPFIND', '/')).status).toBe(401);
  expect((await home.ask('webdav', '/', { method: 'PROPFIND', headers: basic(User, Password) })).status).toBe(207);
}, 60_000);

test('it comes back from a backup', async () => {
  await home.comeBack('webdav');
  const { User = '', Password = '' } = await home.action('webdav', 'get-credentials');
  const photo = await home.ask('webdav', '/photo.raw', { headers: basic(User, Password) });
  expect([photo.status, photo.body.length]).toEqual([200, 8_000_000]);
}, 240_000);
