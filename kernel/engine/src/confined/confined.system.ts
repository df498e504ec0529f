/** The process of a plugin, started by the engine for a kernel that may not: the same fences, and words both ways. */
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ConfinedFrame, type EngineClient, type EngineConfig, frameOf, framesOf } from '@hearth/contract';
import { buildRuntime, type ConfinedRuntime } from '../../../core/src/confined/testing/box.ts';
import { engineCarrier } from '../../../core/src/confined/carrier.ts';
import { startConfined } from '../../../core/src/confined/process.ts';
import { runConfined } from './run.ts';

const ids = { first: 1_048_576, count: 254 * 65_536 };
const user = { uid: 995, gid: 995 };
let runtime: ConfinedRuntime;
let run: string;
let config: EngineConfig;
beforeAll(async () => {
  runtime = await buildRuntime();
  run = await mkdtemp('/var/tmp/hearth-confined-engine-');
  await chmod(run, 0o711);
  config = { run, ids, user, runtime: runtime.folder } as Partial<EngineConfig> as EngineConfig;
}, 60_000);
afterAll(async () => {
  await runtime.remove();
  await rm(run, { recursive: true });
});

interface Ran {
  readonly socket: Socket;
  readonly pid: Promise<number>;
  readonly ended: Promise<{ how: string }>;
  readonly abort: AbortController;
}

async function start(slot: number): Promise<Ran> {
  const abort = new AbortController();
  const there = Promise.withResolvers<undefined>();
  const pid = Promise.withResolvers<number>();
  const progress = (done: number): void => (done === 0 ? there.resolve(undefined) : pid.resolve(done));
  const ended = runConfined(config, slot, { signal: abort.signal, progress });
  await there.promise;
  const path = join(run, 'confined', `${slot}.sock`);
  const { uid, mode } = await stat(path);
  expect([uid, mode & 0o777]).toEqual([user.uid, 0o600]);
  return { socket: connect({ path }), pid: pid.promise, ended, abort };
}

const load = {
  do: 'load',
  script: 'module.exports = { methods: { add: ({ a, b }) => a + b } }',
  memory: 32,
  start: { plugin: 'probe', version: '1.0.0', state: null, granted: [] },
};

test('carries words both ways, and ends when the kernel lets go', async () => {
  const { socket, pid, ended } = await start(1);
  const say = (frame: object) => socket.write(frameOf(JSON.stringify(frame)));
  say(load);
  say({ do: 'method', id: 1, name: 'add', input: { a: 2, b: 3 }, caller: { kind: 'root', role: 'owner' } });
  const heard: unknown[] = [];
  for await (const text of framesOf(socket as AsyncIterable<Buffer>, 1 << 20)) {
    heard.push(JSON.parse(text));
    if (heard.length === 2) break;
  }
  expect(heard).toEqual([{ ready: true }, { done: 1, value: 5 }]);
  socket.destroy();
  expect((await ended).how).toBe('it ended by SIGKILL');
  expect(await readFile(`/proc/${await pid}/status`, 'utf8').catch(() => 'gone')).toMatch(/^gone$|State:\s*[ZX]/m);
}, 60_000);

test('has an id of the block that is the own of the engine, and no capability; a cancelled call ends it', async () => {
  const { socket, pid, ended, abort } = await start(2);
  socket.write(frameOf(JSON.stringify(load)));
  await new Promise((resolve) => socket.once('data', resolve));
  const waiting = await pid;
  const [inner = ''] = (await readFile(`/proc/${waiting}/task/${waiting}/children`, 'utf8')).split(' ');
  const status = await readFile(`/proc/${inner}/status`, 'utf8');
  expect(status).toMatch(new RegExp(`^Uid:\\s+${ids.first + 1002}\\s`, 'm'));
  expect(status).toMatch(/^CapEff:\s+0+$/m);
  expect(status).toMatch(/^Seccomp:\s+2$/m);
  socket.on('error', () => undefined);
  abort.abort();
  expect((await ended).how).toBe('it ended by SIGKILL');
}, 60_000);

test('nobody who comes second is let in; a kernel that never comes leaves nothing', async () => {
  const { socket, ended } = await start(3);
  await new Promise((resolve) => socket.once('connect', resolve));
  const second = await new Promise((resolve) =>
    connect({ path: join(run, 'confined/3.sock') })
      .once('connect', () => resolve('let in'))
      .once('error', () => resolve('refused')),
  );
  expect(second).toBe('refused');
  socket.destroy();
  await ended;
  const abort = new AbortController();
  const there = Promise.withResolvers<undefined>();
  const never = runConfined(config, 4, { signal: abort.signal, progress: () => there.resolve(undefined) });
  await there.promise;
  abort.abort();
  await expect(never).rejects.toThrow();
  await expect(stat(join(run, 'confined/4.sock'))).rejects.toMatchObject({ code: 'ENOENT' });
}, 60_000);

test('to the kernel it is a process like its own', async () => {
  const engine: Pick<EngineClient, 'call'> = {
    call: ((
      _: 'plugin.run',
      { slot }: { slot: number },
      { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number) => void },
    ) => runConfined(config, slot, { signal, progress: onProgress })) as never,
  };
  const frames: ConfinedFrame[] = [];
  const answered = Promise.withResolvers<undefined>();
  const plugin = startConfined(engineCarrier(engine as EngineClient, run, 5), (frame) => {
    frames.push(frame);
    if ('done' in frame) answered.resolve(undefined);
    return Promise.resolve();
  });
  plugin.send(load as never);
  plugin.send({ do: 'method', id: 7, name: 'add', input: { a: 1, b: 1 }, caller: { kind: 'root', role: 'owner' } });
  await answered.promise;
  expect(frames).toEqual([{ ready: true }, { done: 7, value: 2 }]);
  expect(plugin.usage()?.memory).toBeGreaterThan(10_000_000);
  plugin.kill();
  expect(await plugin.ended).toBe('it was stopped');
}, 60_000);
