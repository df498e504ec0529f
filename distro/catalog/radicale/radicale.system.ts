/** Radicale on a real box: a calendar goes in by a DAV client and comes out on another one. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DAVClient } from 'tsdav';
import { basic, type Household, long, makeHousehold } from '../../../spec/system/catalog.ts';

let home: Household;
let bridge: Server;
let address = '';

beforeAll(async () => {
  home = await makeHousehold();
  // The client cannot be told which root to trust: what it says goes on over TLS that is checked.
  bridge = createServer((asked, answer) => {
    let body = '';
    asked.setEncoding('utf8').on('data', (text: string) => (body += text));
    asked.on('end', () => {
      const headers = Object.fromEntries(
        ['authorization', 'content-type', 'depth', 'if-match', 'if-none-match', 'prefer']
          .map((name) => [name, asked.headers[name]])
          .filter(([, value]) => typeof value === 'string'),
      ) as Record<string, string>;
      home
        .ask('radicale', asked.url ?? '/', { method: asked.method ?? 'GET', headers, body })
        .then((told) => {
          for (const name of ['content-type', 'location', 'etag']) {
            const value = told.headers[name];
            if (value !== undefined) answer.setHeader(name, value);
          }
          answer.writeHead(told.status);
          answer.end(told.body);
        })
        .catch((error: unknown) => answer.writeHead(502).end(String(error)));
    });
  });
  await new Promise<void>((done) => bridge.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(bridge.address() as AddressInfo).port}/`;
  await home.install('radicale');
}, long);

afterAll(async () => {
  await home.close();
  bridge.close();
}, 180_000);

async function device(username: string, password: string): Promise<DAVClient> {
  const client = new DAVClient({
    serverUrl: address,
    credentials: { username, password },
    authMethod: 'Basic',
    defaultAccountType: 'caldav',
  });
  await client.login();
  return client;
}

const event = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Family//EN
BEGIN:VEVENT
UID:birthday-1
DTSTAMP:20260101T000000Z
DTSTART:20261224T180000Z
SUMMARY:Grandma's birthday
END:VEVENT
END:VCALENDAR
`.replaceAll('\n', '\r\n');

test('what one device writes another one reads, also after a restart', async () => {
  const { User = '', Password = '' } = await home.action('radicale', 'get-credentials');
  const phone = await device(User, Password);
  await phone.makeCalendar({ url: `${address}${User}/family/`, props: { displayname: 'Family' } });
  const [calendar] = await phone.fetchCalendars();
  expect(calendar?.displayName).toBe('Family');
  await phone.createCalendarObject({ calendar: calendar!, filename: 'birthday-1.ics', iCalString: event });
  await home.restart('radicale');
  const laptop = await device(User, Password);
  const [found] = await laptop.fetchCalendarObjects({ calendar: (await laptop.fetchCalendars())[0]! });
  expect(found?.data).toContain("SUMMARY:Grandma's birthday");
}, 180_000);

test('each person sees only what is theirs, and nobody gets in without a password', async () => {
  const guest = await home.action('radicale', 'add-person', { name: 'anna' });
  expect((await home.ask('radicale', '/owner/', { method: 'PROPFIND' })).status).toBe(401);
  const own = basic('anna', guest['Password'] ?? '');
  expect((await home.ask('radicale', '/anna/', { method: 'PROPFIND', headers: own })).status).toBe(207);
  expect((await home.ask('radicale', '/owner/', { method: 'PROPFIND', headers: own })).status).toBe(403);
  await home.action('radicale', 'remove-person', { name: 'anna' });
  expect((await home.ask('radicale', '/anna/', { method: 'PROPFIND', headers: own })).status).toBe(401);
}, 60_000);

test('a new password replaces the old one at once', async () => {
  const before = await home.action('radicale', 'get-credentials');
  const after = await home.action('radicale', 'reset-password');
  const ask = ({ User = '', Password = '' }: Record<string, string>) =>
    home.ask('radicale', '/owner/', { method: 'PROPFIND', headers: basic(User, Password) });
  expect((await ask(before)).status).toBe(401);
  expect((await ask(after)).status).toBe(207);
}, 60_000);

test('it comes back from a backup', async () => {
  await home.comeBack('radicale');
  const { User = '', Password = '' } = await home.action('radicale', 'get-credentials');
  const phone = await device(User, Password);
  const [found] = await phone.fetchCalendarObjects({ calendar: (await phone.fetchCalendars())[0]! });
  expect(found?.data).toContain("SUMMARY:Grandma's birthday");
}, 240_000);
