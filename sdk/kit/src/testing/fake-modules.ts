/** What a bundle may `require`, over a machine that is made up: files in memory, programs that end when a test says so. */
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { FakeMachine } from './fake-machine.ts';

/** Node's own, without a way out. */
const harmless = new Set([
  'assert',
  'buffer',
  'crypto',
  'events',
  'path',
  'punycode',
  'querystring',
  'stream',
  'string_decoder',
  'timers',
  'timers/promises',
  'url',
  'util',
  'zlib',
]);
const nodeRequire = createRequire(import.meta.url);

export function fakeRequire(machine: FakeMachine): (name: string) => unknown {
  const made: Record<string, unknown> = {
    'fs/promises': filesOf(machine),
    child_process: { spawn: spawnOf(machine) },
    // Nothing of the environment of whoever runs the test.
    process: { env: {}, cwd: () => '/', emitWarning: () => undefined },
  };
  return (name) => {
    const plain = name.replace(/^node:/, '');
    if (made[plain] !== undefined) return made[plain];
    if (harmless.has(plain)) return nodeRequire(name);
    throw new Error(`A test has no module "${name}"; the guest of a real container may have it`);
  };
}

const missing = (path: string): Error =>
  Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });

function filesOf(machine: FakeMachine) {
  const { files } = machine.host;
  const beneath = (path: string) => [...machine.files.keys()].filter((name) => name.startsWith(`${path}/`));
  return {
    async readFile(path: string): Promise<string> {
      const text = await files.read(path);
      if (text === null) throw missing(path);
      return text;
    },
    writeFile: (path: string, text: string, options?: { readonly mode?: number }) =>
      files.write(path, text, options?.mode),
    mkdir: () => Promise.resolve(undefined),
    async rm(path: string): Promise<void> {
      for (const name of [path, ...beneath(path)]) await files.remove(name);
    },
    async stat(path: string) {
      if (!(await files.exists(path))) throw missing(path);
      const isFile = machine.files.has(path);
      return { isFile: () => isFile, isDirectory: () => !isFile, size: machine.files.get(path)?.length ?? 0 };
    },
    async access(path: string): Promise<void> {
      if (!(await files.exists(path))) throw missing(path);
    },
    readdir: (path: string) =>
      Promise.resolve([...new Set(beneath(path).map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))]),
    async rename(from: string, to: string): Promise<void> {
      const text = await files.read(from);
      if (text === null) throw missing(from);
      await files.write(to, text);
      await files.remove(from);
    },
    async copyFile(from: string, to: string): Promise<void> {
      const text = await files.read(from);
      if (text === null) throw missing(from);
      await files.write(to, text);
    },
    async *watch(path: string, { signal }: { readonly signal: AbortSignal }) {
      for await (const filename of files.watch(path, signal)) yield { eventType: 'change', filename };
    },
  };
}

/** A program begins when whoever started it has said what it gets: what it is given comes first, what it says is heard. */
function spawnOf(machine: FakeMachine) {
  return (command: string, args: readonly string[], { stdio }: { readonly stdio?: unknown } = {}) => {
    const child = Object.assign(new EventEmitter(), {
      stdout: new EventEmitter(),
      stderr: new EventEmitter(),
      stdin: { write: (text: string) => void (input += text), end: () => undefined },
      kill: (signal: 'SIGTERM' | 'SIGKILL') => {
        if (program === null) early = signal;
        else program.kill(signal);
        return true;
      },
    });
    let input = '';
    let early: 'SIGTERM' | 'SIGKILL' | null = null;
    let program: ReturnType<typeof machine.host.start> | null = null;
    setImmediate(() => {
      program = machine.start([command, ...args], {
        ...(input === '' ? {} : { input }),
        onText: (text, stream) => void child[stream].emit('data', text),
        attended: stdio !== 'inherit',
      });
      if (early !== null) program.kill(early);
      void program.exited.then(({ code, signal }) => {
        child.emit('exit', code, signal);
        child.emit('close', code, signal);
      });
    });
    return child;
  };
}
