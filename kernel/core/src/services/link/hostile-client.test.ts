/** What a container that was taken over may try on its own socket: each attempt is bounded, and the guest is served on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Log } from '@hearth/contract';
import { GuestLink } from './guest-link.ts';

const quiet = { warn: () => undefined, debug: () => undefined, info: () => undefined, error: () => undefined };
const answer = 'x'.repeat(10_000);
let folder: string;
let link: GuestLink;
let guest: Socket;
let asked = 0;
const sockets: Socket[] = [];

function dial(): Socket {
  const socket = connect(join(folder, 'host.sock'));
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

function line(socket: Socket): Promise<any> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))));
    });
    socket.on('close', () => reject(new Error('closed')));
  });
}

const ask = async (socket: Socket, method = 'echo', params: unknown = {}): Promise<any> => {
  socket.write(`${JSON.stringify({ id: 7, method, params })}\n`);
  return line(socket);
};
const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.on('close', resolve));

function hello(socket: Socket, instance: string): void {
  const params = {
    protocol: 1,
    guest: '0',
    instance,
    phase: 'fresh',
    running: [],
    results: [],
    callbacks: [],
    health: {},
  };
  socket.write(`${JSON.stringify({ id: 0, method: 'hello', params })}\n`);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-link-'));
  asked = 0;
  const arrived = Promise.withResolvers<void>();
  link = new GuestLink({
    ...{ service: 'alpha', folder, log: quiet as unknown as Log, now: Date.now },
    ...{ accepts: ({ instance }) => instance === 'mine', arrived: () => arrived.resolve(), lost: () => undefined },
    effect: async () => {
      asked += 1;
      return Promise.resolve({ result: answer });
    },
  });
  await link.open();
  guest = dial();
  hello(guest, 'mine');
  await Promise.all([arrived.promise, line(guest)]);
});
afterEach(async () => {
  expect(link.connected).toBe(true);
  expect((await ask(dial())).result).toBe(answer);
  for (const socket of sockets.splice(0)) socket.destroy();
  await link.close({ remove: true });
  rmSync(folder, { recursive: true, force: true });
});

test('who does not read the answers is not asked for more', async () => {
  const socket = dial();
  socket.pause();
  const request = `${JSON.stringify({ id: 1, method: 'echo', params: {} })}\n`.repeat(1000);
  for (let n = 0; n < 300; n += 1) socket.write(request);
  // Until all was sent, which it must not be, or nothing has been asked for a good while.
  for (let still = 0, before = asked; still < 10 && socket.writableLength > 0; before = asked) {
    await delay(50);
    still = asked === before ? still + 1 : 0;
  }
  expect(asked).toBeLessThan(20_000);
});

test('lines that never end are cut off, one by one and all together', async () => {
  const piece = Buffer.alloc(1024 * 1024, 0x61);
  const one = dial();
  for (let n = 0; n < 17; n += 1) one.write(piece);
  await closed(one);
  const many = Array.from({ length: 8 }, dial);
  for (const socket of many) for (let n = 0; n < 12; n += 1) socket.write(piece);
  await Promise.race(many.map(closed));
});

test('no more connections than a service may have', async () => {
  const many = Array.from({ length: 100 }, dial);
  await Promise.race(many.slice(64).map(closed));
  for (const socket of many) socket.destroy();
  for (const socket of many) if (!socket.closed) await closed(socket);
});

test.each([
  ['no JSON', '{'],
  ['no object', '[1]'],
  ['depth without end', '['.repeat(1_000_000)],
  ['a number', '7'],
])('%s ends the connection that sent it', async (_what, text) => {
  const socket = dial();
  socket.write(`${text}\n`);
  await closed(socket);
});

test('a stranger who says hello is turned away, and answers to requests nobody asked it', async () => {
  const stranger = dial();
  const gone = closed(stranger);
  hello(stranger, 'other');
  await gone;
  const liar = dial();
  const waited = link.ask('execute', {});
  liar.write(`${JSON.stringify({ id: 'execute.x.1', result: 'lie' })}\n`);
  const request = await line(guest);
  liar.write(`${JSON.stringify({ id: request.id, result: 'lie' })}\n`);
  await ask(liar);
  guest.write(`${JSON.stringify({ id: request.id, result: 'truth' })}\n`);
  expect(await waited).toEqual({ result: 'truth' });
});

test('names of prototypes are names', async () => {
  const socket = dial();
  socket.write(
    '{"id":1,"method":"__proto__","params":{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}}\n',
  );
  await line(socket);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
