import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { EngineMessage, EngineRequest } from '@hearth/contract';
import { connectEngine, type EngineSocket } from './engine-client.ts';
import { createLog } from './log.ts';

describe('connectEngine()', () => {
  let folder: string;
  let path: string;
  let server: Server | null = null;
  let client: EngineSocket;
  const sockets = new Set<Socket>();
  const heard: EngineRequest[] = [];

  const listen = (answer: (request: EngineRequest, send: (message: EngineMessage) => void, socket: Socket) => void) =>
    new Promise<void>((resolve) => {
      server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        createInterface({ input: socket }).on('line', (line) => {
          const request = JSON.parse(line) as EngineRequest;
          heard.push(request);
          answer(request, (message) => socket.write(`${JSON.stringify(message)}\n`), socket);
        });
      }).listen(path, resolve);
    });
  const down = async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
    server = null;
  };
  const output = (request: EngineRequest, send: (message: EngineMessage) => void) => {
    if ('id' in request) send({ id: request.id, output: { created: true } });
  };
  const prepare = (options = {}) =>
    client.call('backup.prepare', { repository: { kind: 'folder', path: '/b' }, password: 'x' }, options);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-engine-client-'));
    path = join(folder, 'engine.sock');
    heard.length = 0;
    client = connectEngine({ path, log: createLog('silent'), patienceMs: 300 });
  });
  afterEach(async () => {
    client.close();
    await down();
    rmSync(folder, { recursive: true });
  });

  test('answers many calls at once, each with its own progress', async () => {
    await listen((request, send) => {
      if (!('id' in request)) return;
      send({ id: request.id, progress: { done: request.id, total: 9 } });
      setTimeout(() => output(request, send), 10 - request.id);
    });
    const seen: number[] = [];
    const all = await Promise.all([1, 2, 3].map(() => prepare({ onProgress: (done: number) => seen.push(done) })));
    expect(all).toEqual([{ created: true }, { created: true }, { created: true }]);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('throws what the engine says, and refuses answers of another shape', async () => {
    await listen((request, send) => {
      if (!('id' in request)) return;
      if (request.id === 1) send({ id: 1, error: { code: 'engine.locked', kind: 'CONFLICT', message: 'Locked' } });
      else send({ id: request.id, output: { created: 'maybe' } });
    });
    await expect(prepare()).rejects.toMatchObject({ code: 'engine.locked', kind: 'CONFLICT' });
    await expect(prepare()).rejects.toMatchObject({ code: 'kernel.engineAnswer' });
  });

  test('waits a little for an engine that starts, then says it is away', async () => {
    const early = prepare();
    setTimeout(() => void listen(output), 60);
    expect(await early).toEqual({ created: true });
    await down();
    rmSync(path, { force: true });
    await expect(prepare()).rejects.toMatchObject({ code: 'kernel.engineAway', kind: 'UNAVAILABLE' });
  });

  test('fails what was in flight when the connection breaks, and comes back', async () => {
    let broken = false;
    await listen((request, send, socket) => {
      if (broken) output(request, send);
      else socket.destroy();
      broken = true;
    });
    await expect(prepare()).rejects.toMatchObject({ kind: 'UNAVAILABLE' });
    expect(await prepare()).toEqual({ created: true });
  });

  test('tells the engine when a call is given up', async () => {
    await listen(() => undefined);
    const controller = new AbortController();
    const call = prepare({ signal: controller.signal });
    while (heard.length === 0) await new Promise((resume) => setTimeout(resume, 2));
    controller.abort();
    await expect(call).rejects.toMatchObject({ kind: 'CANCELLED' });
    while (heard.length === 1) await new Promise((resume) => setTimeout(resume, 2));
    expect(heard[1]).toEqual({ cancel: 1 });
  });

  test('hears events, also after a restart of the engine, and input of another shape never leaves', async () => {
    const services: string[] = [];
    client.on('container.exited', ({ service }) => services.push(service));
    const tell = () => {
      for (const socket of sockets)
        socket.write(
          `${JSON.stringify({ event: 'container.exited', value: { service: 'a', instance: '1' } })}\nnonsense\n`,
        );
    };
    await listen(output);
    while (sockets.size === 0) await new Promise((resume) => setTimeout(resume, 2));
    tell();
    while (services.length < 1) await new Promise((resume) => setTimeout(resume, 2));
    await down();
    await listen(output);
    while (sockets.size === 0) await new Promise((resume) => setTimeout(resume, 2));
    tell();
    while (services.length < 2) await new Promise((resume) => setTimeout(resume, 2));
    await expect(client.call('container.stop', { service: '../x', killAfterMs: 0 })).rejects.toThrow();
    expect(heard).toEqual([]);
  });
});
