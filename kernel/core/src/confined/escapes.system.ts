/**
 * Plugins that want out: of the language, of V8, of their process, of their share of the machine. First as a plugin would
 * try; then with V8 given up, by a program of ours in the plugin's place that has all of Node.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ConfinedFrame } from '@hearth/contract';
import { childCarrier } from './carrier.ts';
import { ownCommand } from './command.ts';
import { type ConfinedProcess, startConfined } from './process.ts';
import { bombSample } from './testing/bombs.ts';
import { buildRuntime, type ConfinedBox, type ConfinedRuntime, startBox } from './testing/box.ts';
import { mustBeContained, quickLimits, trying } from './testing/contained.ts';

const reason = 'Because the test wants to see it.';
const limits = quickLimits;

let runtime: ConfinedRuntime;
beforeAll(async () => {
  runtime = await buildRuntime();
}, 60_000);
afterAll(() => runtime.remove());

describe('within the language', () => {
  let box: ConfinedBox;
  beforeAll(async () => {
    box = await startBox({ runtime, confined: { limits } });
  }, 60_000);
  afterAll(() => box.stop());

  test.each<[string, string]>([
    ['has no require', 'return typeof require'],
    ['has no process', 'return typeof process'],
    ['has no way to send but its own', 'return typeof __send'],
    ['has no WebAssembly', 'return typeof WebAssembly'],
    ['has no shared memory', 'return typeof SharedArrayBuffer'],
    [
      'finds no module in an error',
      'try { null.x } catch (e) { return typeof e.constructor.constructor("return this.process")() }',
    ],
    [
      'finds none by the constructor of what it was given',
      'return typeof hearth.constructor.constructor("return this.process")()',
    ],
    [
      'finds none by that of an async function',
      'return typeof (await (async () => {}).constructor("return this.process")())',
    ],
    [
      'finds none by that of a generator',
      'return typeof (function* () {}).constructor("return this.process")().next().value',
    ],
    [
      'finds none by the callers of a function',
      'return typeof (function f() { try { return f.caller.arguments } catch { return undefined } })()',
    ],
    [
      'finds none by preparing stack traces',
      'let found; Error.prepareStackTrace = (_, frames) => { found = frames.map((f) => { try { return f.getThis() } catch { return undefined } }); return "" }; new Error().stack; return found?.some((each) => typeof each?.process === "object") ? "object" : "undefined"',
    ],
    [
      'finds none in what a rejected call carries',
      'try { await hearth.storage.get("x") } catch (e) { return typeof e.constructor.constructor("return this.process")() }',
    ],
    ['cannot import', 'try { await import("node:fs"); return "object" } catch { return "undefined" }'],
  ])(
    '%s',
    async (name, body) => {
      const id = `try-${name
        .replaceAll(/[^a-z]+/g, '-')
        .slice(0, 30)
        .replace(/-$/, '')}`;
      await box.install(trying(id, body));
      expect(await box.rpc(`${id}.go`)).toBe('undefined');
      await box.rpc('plugin.remove', { id });
    },
    30_000,
  );

  test('changing the language under its feet changes nothing for the kernel', async () => {
    await box.install(
      trying(
        'poison',
        `Object.prototype.polluted = 1; Object.prototype.toJSON = () => ({ done: 1, value: 'forged' });
         Array.prototype.push = () => { throw new Error('poisoned'); }; Promise.prototype.then = undefined;
         JSON.stringify = () => '{"ready":true}'; Map.prototype.get = () => undefined; return 1;`,
      ),
    );
    await box.rpc('poison.go').catch(() => undefined);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(await box.rpc('echo', { message: 'still here' })).toEqual({ message: 'still here' });
    await box.rpc('plugin.remove', { id: 'poison' });
  }, 90_000);

  test('values nested without end are refused, and nothing overflows', async () => {
    await box.install({
      ...trying(
        'deep',
        'let all = []; for (let at = 0; at < 200_000; at++) all = [all]; await hearth.storage.set("all", all); return all',
      ),
      capabilities: [
        { capability: 'methods', reason },
        { capability: 'storage', megabytes: 1, reason },
      ],
    });
    await expect(box.rpc('deep.go')).rejects.toMatchObject({ code: expect.stringMatching(/^(plugins?|hearth)\./) });
    expect(await box.rpc('echo', { message: 'still here' })).toEqual({ message: 'still here' });
    await box.rpc('plugin.remove', { id: 'deep' });
  }, 30_000);

  test('keys that reach a prototype are refused wherever it hands in data', async () => {
    await box.install({
      ...trying('keys', `await hearth.state.change((state) => { state.rows = JSON.parse('{"__proto__": "x"}'); });`),
      capabilities: [
        { capability: 'methods', reason },
        { capability: 'state', reason },
      ],
      manifest: {
        methods: { go: { about: 'Try it', allow: 'owner' } },
        state: {
          shape: { type: 'object', keys: { rows: { type: 'map', of: { type: 'text' } } } },
          initial: { rows: {} },
        },
      },
    });
    await box.rpc('keys.go').catch(() => undefined);
    const { keys } = box.store.snapshot().value['pluginState'] as { keys: { rows: object } };
    expect(Object.keys(keys.rows)).toEqual([]);
    expect(Object.getPrototypeOf(keys.rows)).toBe(Object.prototype);
    await box.rpc('plugin.remove', { id: 'keys' });
  }, 30_000);
});

test('when the kernel is killed, its plugins die with it', async () => {
  const program = `
    const { startConfined } = await import(${JSON.stringify(join(import.meta.dirname, 'process.ts'))});
    const { childCarrier } = await import(${JSON.stringify(join(import.meta.dirname, 'carrier.ts'))});
    const plugin = startConfined(childCarrier({ runtime: process.argv[1], slot: 6 }), async () => undefined);
    const poll = setInterval(() => {
      if ((plugin.usage()?.memory ?? 0) < 20_000_000) return;
      clearInterval(poll);
      console.log(plugin.pid());
    }, 20);`;
  const kernel = spawn(process.execPath, ['--input-type=module', '-e', program, runtime.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) =>
    kernel.stdout.once('data', (text: Buffer) => resolve(Number(text))),
  );
  expect(await stateOf(pid)).toMatch(/[RSD]/);
  kernel.kill('SIGKILL');
  while (/[RSD]/.test(await stateOf(pid))) await new Promise((resolve) => setTimeout(resolve, 20));
}, 60_000);

/** `R`, `S`, `Z`…; empty when it is gone. */
async function stateOf(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /State:\s*(\S)/.exec(status)?.[1] ?? '';
}

describe('its share of the machine', () => {
  test.each(bombSample)(
    '%s: ended, told, started again, and nothing else suffers',
    (_, body, why) => mustBeContained(runtime, body, why),
    120_000,
  );

  test('one that ends again and again is left alone, and comes back when its owner says so', async () => {
    await using box = await startBox({ runtime, confined: { limits } });
    await box.install({ id: 'broken', script: 'throw new Error("never good")' }, { wait: 'failed' });
    const { reason: told, crashes } = await box.until('broken', 'failed');
    expect([told, crashes]).toEqual(['never good', 3]);
    await box.rpc('plugin.enable', { id: 'broken' });
    await box.until('broken', 'backing-off');
    await box.until('broken', 'failed');
  }, 60_000);

  test('a flood of messages is heard at the pace of the kernel, and drowns nobody', async () => {
    await using box = await startBox({ runtime });
    await box.install(trying('flood', 'for (let at = 0; at < 1e6; at++) hearth.log.info("x".repeat(1900)); return 1'));
    const call = box.rpc('flood.go').catch((error: unknown) => (error as { code?: string }).code);
    // The flood is a million lines long; it goes on all the while.
    for (let at = 0; at < 200; at++) expect(await box.rpc('echo', { message: `${at}` })).toEqual({ message: `${at}` });
    expect((await box.rpc('plugin.list')).plugins[0].status.state).toBe('running');
    expect((await box.rpc('plugin.logs', { id: 'flood', limit: 500 })).lines.length).toBeLessThanOrEqual(500);
    await box.rpc('plugin.disable', { id: 'flood' });
    expect(await call).toBe('plugins.ended');
  }, 60_000);
});

/** What a program in the plugin's place answers. */
async function inItsPlace(script: string): Promise<Record<string, string>> {
  const folder = join(runtime.folder, 'hostile');
  await mkdir(join(folder, 'confined'), { recursive: true });
  for (const name of ['inside.js', 'isolated-vm.node', 'confine.pl'])
    await copyFile(join(runtime.folder, 'confined', name), join(folder, 'confined', name));
  await copyFile(join(runtime.folder, 'node'), join(folder, 'node'));
  await writeFile(join(folder, 'confined/main.mjs'), script);
  const frames: ConfinedFrame[] = [];
  const process: ConfinedProcess = startConfined(
    childCarrier({
      runtime: folder,
      slot: 3,
      further: ['--allow-fs-read=*', '--allow-fs-write=*', '--allow-child-process', '--allow-worker'],
    }),
    (frame) => Promise.resolve(void frames.push(frame)),
  );
  await process.ended;
  const found = frames.flatMap((frame) => ('log' in frame ? [frame.message] : []));
  return JSON.parse(found.at(-1) ?? '{}') as Record<string, string>;
}

describe('with V8 given up', () => {
  test('there is no file, no network, no process, no right to be had', async () => {
    const listening = createServer((socket) => socket.end('reached'));
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const { port } = listening.address() as { port: number };
    const found = await inItsPlace(`
      import * as fs from 'node:fs'; import * as net from 'node:net'; import * as dgram from 'node:dgram';
      import { spawnSync } from 'node:child_process'; import * as os from 'node:os'; import { Worker } from 'node:worker_threads';
      const found = {};
      const attempt = async (name, work) => { try { found[name] = String(await work()) } catch (e) { found[name] = 'refused: ' + (e.code ?? e.message) } };
      const reach = (options) => new Promise((resolve, reject) => { const s = net.connect(options); s.once('connect', () => resolve('reached')); s.once('error', reject) });
      await attempt('root', () => fs.readdirSync('/').sort().join(' '));
      for (const path of ['/etc/passwd', '/proc/self/status', '/var/lib', '/sys', '/dev/null', '/tmp', '/run'])
        await attempt(path, () => fs.statSync(path).mode);
      await attempt('write', () => fs.writeFileSync('/confined/x', 'x'));
      await attempt('write to Node', () => fs.appendFileSync('/node', 'x'));
      await attempt('make a folder', () => fs.mkdirSync('/x'));
      await attempt('tcp', () => reach({ port: ${port}, host: '127.0.0.1' }));
      await attempt('unix socket', () => reach({ path: '/run/hearth/kernel/admin.sock' }));
      await attempt('abstract socket', () => reach({ path: '\\0hearth' }));
      await attempt('listen', () => new Promise((resolve, reject) => net.createServer().once('error', reject).listen(0, () => resolve('listening'))));
      await attempt('udp', () => new Promise((resolve, reject) => { const s = dgram.createSocket('udp4'); s.once('error', reject); s.bind(0, () => resolve('bound')) }));
      await attempt('child', () => { const { error, status } = spawnSync('/node', ['-e', '0']); if (error) throw error; return status });
      await attempt('kill the parent', () => process.kill(1 + 1, 0));
      await attempt('kill all', () => process.kill(-1, 0));
      await attempt('another user', () => process.setuid(1000));
      await attempt('priority', () => os.setPriority(-20));
      const text = JSON.stringify({ log: 'info', message: JSON.stringify(found) });
      const frame = Buffer.alloc(4 + Buffer.byteLength(text)); frame.writeUInt32BE(Buffer.byteLength(text)); frame.write(text, 4);
      fs.writeSync(1, frame);
      process.exit(0);
    `);
    listening.close();
    const { root, ...rest } = found;
    expect(root).toMatch(/^refused: /);
    expect(Object.keys(rest).length).toBe(20);
    for (const [what, outcome] of Object.entries(rest))
      expect([what, outcome]).toEqual([what, expect.stringMatching(/^refused: /)]);
  }, 60_000);

  test('its process has no capability, new right or call to spare, a name space and an id of its own, and dies with the kernel', async () => {
    const process = startConfined(childCarrier({ runtime: runtime.folder, slot: 5 }), () => Promise.resolve());
    const ready = Promise.withResolvers<undefined>();
    const [, words] = ownCommand({ runtime: runtime.folder, slot: 5 });
    const uid = /--map-users=(\d+),/.exec(words.join(' '))?.[1];
    const poll = setInterval(() => {
      if ((process.usage()?.memory ?? 0) > 20_000_000) ready.resolve(undefined);
    }, 20);
    await ready.promise;
    clearInterval(poll);
    const pid = process.pid() ?? 0;
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const line = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1];
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect([set, line(set)]).toEqual([set, '0000000000000000']);
    expect([line('NoNewPrivs'), line('Seccomp')]).toEqual(['1', '2']);
    expect(line('Uid')?.split('\t')).toEqual([uid, uid, uid, uid]);
    expect((await readFile(`/proc/${pid}/oom_score_adj`, 'utf8')).trim()).toBe('1000');
    const limitLines = await readFile(`/proc/${pid}/limits`, 'utf8');
    expect(limitLines).toMatch(new RegExp(`Max data size\\s+${384 << 20}\\s+${384 << 20}`));
    expect(limitLines).toMatch(/Max file size\s+0\s+0/);
    const names = await Promise.all(
      ['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'].map(async (kind) => {
        const { readlink } = await import('node:fs/promises');
        return (await readlink(`/proc/${pid}/ns/${kind}`)) !== (await readlink(`/proc/self/ns/${kind}`));
      }),
    );
    expect(names).toEqual(Array(7).fill(true));
    process.kill();
    expect(await process.ended).toBe('it was stopped');
    // It dies of the death of the one that waited for it: a moment later.
    while (/[RSD]/.test(await stateOf(pid))) await new Promise((resolve) => setTimeout(resolve, 20));
  }, 60_000);
});
