import { createSocket, type Socket } from 'node:dgram';
import type { EngineClient } from '@hearth/contract';
import { afterEach, expect, test } from '@jest/globals';
import { createNames } from './names.ts';

const records = [{ name: 'syncthing.startos', address: '10.0.3.2' }];
let told: unknown[] = [];
let server: Socket | null = null;
const engine = {
  call: async (_verb: string, input: unknown) => {
    told.push(input);
    return {};
  },
} as unknown as EngineClient;

afterEach(async () => {
  told = [];
  await new Promise<void>((done) => (server === null ? done() : server.close(done)));
  server = null;
});

/** Answers every question with "no such name", as dnsmasq does for one of its own zones. */
async function listen(): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port }) => {
    const answer = Buffer.from(message);
    answer.writeUInt16BE(0x8183, 2);
    socket.send(answer, port, address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  server = socket;
  return `127.0.0.1:${socket.address().port}`;
}

test('tells the records once, and again only when they changed', async () => {
  const names = createNames(engine);
  await names.apply(records);
  await names.apply(records.map((record) => ({ ...record })));
  expect(told).toEqual([{ records }]);
  await names.apply([]);
  expect(told).toHaveLength(2);
});

test('takes "no such name" for an answer', async () => {
  const names = createNames(engine);
  await names.apply(records);
  expect(await names.answers(await listen())).toBe(true);
  await names.apply(records);
  expect(told).toHaveLength(1);
});

test('tells everything anew once the server is gone', async () => {
  const names = createNames(engine);
  await names.apply(records);
  const address = await listen();
  await new Promise<void>((done) => server?.close(done));
  server = null;
  expect(await names.answers(address)).toBe(false);
  await names.apply(records);
  expect(told).toEqual([{ records }, { records }]);
});
