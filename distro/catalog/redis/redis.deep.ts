/** Redis on a real box, over TLS, as a program of its owner uses it. */
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('redis');
}, long);
afterAll(() => home.close(), 180_000);

/** One conversation: a line out, the first line of the answer back. */
async function converse(...lines: string[]): Promise<string[]> {
  const socket: TLSSocket = await home.tls('redis', 'server');
  const answers: string[] = [];
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    const [data] = (await once(socket, 'data', { signal: gone.signal })) as [Buffer];
    answers.push(data.toString().trim());
  }
  socket.destroy();
  return answers;
}

test('only who has the password reads and writes, and what was written outlives a restart', async () => {
  expect((await converse('GET greeting'))[0]).toContain('NOAUTH');
  const { Password = '' } = await home.action('redis', 'get-credentials');
  expect(await converse(`AUTH ${Password}`, 'SET greeting hello', 'DEBUG SLEEP 0')).toEqual([
    '+OK',
    '+OK',
    expect.stringContaining('ERR'),
  ]);
  await home.restart('redis');
  expect((await converse(`AUTH ${Password}`, 'GET greeting'))[1]).toBe('$5\r\nhello');
}, 120_000);

test('a new password takes the place of the old one', async () => {
  const { Password: before = '' } = await home.action('redis', 'get-credentials');
  const { Password: after = '' } = await home.action('redis', 'reset-password');
  expect(after).not.toBe(before);
  await until('the new password works', 60_000, async () => (await converse(`AUTH ${after}`))[0] === '+OK');
  await home.healthy('redis');
  expect((await converse(`AUTH ${before}`))[0]).toContain('WRONGPASS');
}, 120_000);

test('it comes back from a backup', async () => {
  await home.comeBack('redis');
  const { Password = '' } = await home.action('redis', 'get-credentials');
  expect((await converse(`AUTH ${Password}`, 'GET greeting'))[1]).toBe('$5\r\nhello');
}, 240_000);
