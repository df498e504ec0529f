/** One engine of its own for a system test, on a slot of the machine; everything it makes is taken back by `close`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineConfig } from '@hearth/contract';
import { type ConnectedEngine, connectEngine } from '@hearth/engine';
import { buildBase } from '@hearth/engine/base';
import { type DiskOptions, mountDisk, unmountDisk } from './disk.ts';
import { giveSlot, slotConfig, slotFolders, takeSlot } from './slot.ts';

export interface TestbedOptions {
  /** A file system of its own for the data folder; without it, the machine's. */
  readonly disk?: DiskOptions;
  /** A release folder; without it one is made whose `node` is `guest`. */
  readonly runtime?: string;
  /** Shell script that stands for the guest: it runs as the container's program. */
  readonly guest?: string;
}

export interface TestEngine {
  readonly client: ConnectedEngine;
  readonly process: ChildProcess;
  /** What it has said on its standard error so far. */
  words(): string;
  /** Ends it with a signal (SIGTERM unless told) and answers its exit code; containers go on. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Testbed {
  readonly config: EngineConfig;
  /** The file the engine reads. */
  readonly configFile: string;
  /** A folder for the test's own files. */
  readonly scratch: string;
  startEngine(): Promise<TestEngine>;
  /** Called by `close`, last registered first, before the machine is given back. */
  undo(step: () => unknown): void;
  close(): Promise<void>;
}

const engineMain = fileURLToPath(new URL('../../kernel/engine/src/main.ts', import.meta.url));
/** Built once and kept, as on an owner's machine. */
const baseCache = '/var/cache/hearth';

export const idleGuest = 'trap "exit 0" TERM\nwhile :; do sleep 0.2; done\n';

export async function makeTestbed(options: TestbedOptions = {}): Promise<Testbed> {
  const base = await buildBase({ cacheFolder: baseCache, destination: join(baseCache, 'test-base') });
  const { slot, stale } = takeSlot();
  if (stale) await sweepSlot(slot);
  record(slot);
  const { run, data } = slotFolders(slot);
  const scratch = join(data, 'scratch');
  for (const folder of [run, data, scratch]) mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (options.disk !== undefined) mountDisk(options.disk, join(data, 'data'), join(data, 'disk'));
  const runtime = options.runtime ?? guestRuntime(join(data, 'runtime'), options.guest ?? idleGuest);
  const config = slotConfig(slot, { runtime, base: base.path });
  const configFile = join(run, 'engine.json');
  mkdirSync(config.run, { recursive: true });
  writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
  const steps: (() => unknown)[] = [];
  const engines = new Set<TestEngine>();

  const startEngine = async () => {
    const engine = await runEngine(configFile, config);
    engines.add(engine);
    engine.process.once('exit', () => engines.delete(engine));
    return engine;
  };
  return {
    config,
    configFile,
    scratch,
    startEngine,
    undo: (step) => steps.push(step),
    close: async () => {
      for (const step of steps.splice(0).reverse()) await step();
      await releaseMachine([...engines][0] ?? (await startEngine()));
      for (const engine of engines) await engine.end();
      unmountDisk(join(data, 'data'));
      for (const folder of [run, data]) rmSync(folder, { recursive: true, force: true });
      giveSlot(slot);
    },
  };
}

/** What a killed run left in a slot nobody holds. */
export async function sweepSlot(slot: number): Promise<void> {
  const { run, data } = slotFolders(slot);
  const configFile = join(run, 'engine.json');
  if (existsSync(configFile)) {
    // Nothing is started any more: the places of runtime and base only have to be well-formed.
    const config = slotConfig(slot, { runtime: '/usr', base: '/usr' });
    writeFileSync(configFile, JSON.stringify(config), { mode: 0o600 });
    await releaseMachine(await runEngine(configFile, config));
  }
  unmountDisk(join(data, 'data'));
  for (const folder of [run, data]) rmSync(folder, { recursive: true, force: true });
}

async function releaseMachine(engine: TestEngine): Promise<void> {
  await engine.client.call('host.release', { killAfterMs: 0 });
  await engine.end();
}

async function runEngine(configFile: string, config: EngineConfig): Promise<TestEngine> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', engineMain, configFile], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let words = '';
  const ready = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-20_000);
      if (words.includes('engine ready')) resolve();
    });
    child.once('exit', () => reject(new Error(`The engine ended: ${words}`)));
  });
  await ready;
  const client = await connectEngine(join(config.run, 'engine.sock'));
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return {
    client,
    process: child,
    words: () => words,
    end: async (signal = 'SIGTERM') => {
      client.close();
      child.kill(signal);
      return ended;
    },
  };
}

function guestRuntime(folder: string, script: string): string {
  mkdirSync(join(folder, 'guest'), { recursive: true });
  writeFileSync(join(folder, 'node'), `#!/bin/sh\n${script}`);
  chmodSync(join(folder, 'node'), 0o755);
  return folder;
}

/** The global teardown looks at every slot this run has used. */
function record(slot: number): void {
  const ledger = process.env['HEARTH_TEST_LEDGER'];
  if (ledger !== undefined) appendFileSync(ledger, `${slot}\n`);
}
