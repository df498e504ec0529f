import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineConfig } from '@hearth/contract';
import { predecessorGone } from './predecessor.ts';

let folder: string;
let socket: string;
let server: Server | null = null;
let child: ChildProcess | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-predecessor-'));
  socket = join(folder, 'engine.sock');
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await new Promise<void>((done) => (server === null ? done() : server.close(() => done())));
  [server, child] = [null, null];
  rmSync(folder, { recursive: true });
});
const gone = () => predecessorGone({ lxcPath: join(folder, 'lxc') } as EngineConfig, socket);

function listen(each: (end: () => void) => void): Promise<void> {
  server = createServer((one) => each(() => one.destroy()));
  return new Promise((done) => server?.listen(socket, done));
}

test('where there was none nothing is waited for', async () => {
  await gone();
});

test('one that serves is not waited for', async () => {
  const ends: (() => void)[] = [];
  await listen((end) => ends.push(end));
  await expect(gone()).rejects.toMatchObject({ code: 'engine.alreadyRunning' });
  for (const end of ends) end();
});

test('one that ends is waited for', async () => {
  await listen((end) => end());
  const order: string[] = [];
  const waited = gone().then(() => order.push('begun'));
  await delay(300);
  order.push('ended');
  server?.close();
  await waited;
  expect(order).toEqual(['ended', 'begun']);
});

test('a container that a killed one was starting is waited for, but not those of other machines', async () => {
  const starting = (lxcPath: string): ChildProcess =>
    spawn('/bin/sh', ['-c', 'read line; :', 'sh', '-P', lxcPath], {
      argv0: '/usr/bin/lxc-start',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  child = starting(join(folder, 'other'));
  await gone();
  child.stdin?.end();
  child = starting(join(folder, 'lxc'));
  const order: string[] = [];
  const waited = gone().then(() => order.push('begun'));
  await delay(300);
  order.push('started');
  child.stdin?.end();
  await waited;
  expect(order).toEqual(['started', 'begun']);
});
