/**
 * What the kit uses of the machine below it, in one place: Node's names, served by the guest's shims. Tests hand in
 * their own.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, stat, watch, writeFile } from 'node:fs/promises';
import { language } from './config.ts';

export interface Program {
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  kill(signal: NodeJS.Signals): void;
}

export interface Files {
  read(path: string): Promise<string | null>;
  write(path: string, text: string, mode?: number): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  copy(from: string, to: string): Promise<void>;
  /** The name of what changes in a folder, or null where that is not known; until `signal`. Set when it is first asked. */
  watch(folder: string, signal: AbortSignal): AsyncIterable<string | null>;
}

export interface Host {
  /** `onText` gets what the program prints, piece by piece; without it, it goes to the service's log. */
  start(argv: readonly string[], options?: { readonly onText?: OnText; readonly input?: string }): Program;
  readonly files: Files;
  fetch(url: string, options: { readonly signal: AbortSignal }): Promise<{ readonly status: number }>;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  random(bytes: number): Uint8Array;
  readonly log: (text: string) => void;
  /** As the owner reads: `en_US.UTF-8`; empty where nobody said. */
  readonly language: string;
}

export type OnText = (text: string, stream: 'stdout' | 'stderr') => void;

const missing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';

const files: Files = {
  async read(path) {
    try {
      return await readFile(path, { encoding: 'utf8' });
    } catch (error) {
      if (missing(error)) return null;
      throw error;
    }
  },
  async write(path, text, mode) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (folder !== '') await mkdir(folder, { recursive: true });
    await writeFile(path, text, mode === undefined ? {} : { mode });
  },
  remove: (path) => rm(path, { force: true, recursive: true }),
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
  copy: (from, to) => copyFile(from, to),
  async *watch(folder, signal) {
    for await (const { filename } of watch(folder, { signal })) yield filename;
  },
};

function start(argv: readonly string[], options: Parameters<Host['start']>[1] = {}): Program {
  const [command = '', ...rest] = argv;
  const piped = options.onText !== undefined || options.input !== undefined;
  const child = spawn(command, rest, { stdio: piped ? 'pipe' : 'inherit' });
  const { onText, input } = options;
  if (onText !== undefined) {
    child.stdout?.on('data', (data: unknown) => onText(String(data), 'stdout'));
    child.stderr?.on('data', (data: unknown) => onText(String(data), 'stderr'));
  }
  if (input !== undefined) child.stdin?.write(input);
  if (piped) child.stdin?.end();
  return {
    exited: new Promise((resolve) => {
      child.on('error', () => resolve({ code: 127, signal: null }));
      // What it printed is wanted whole: `close` comes when that is read, `exit` may come before.
      child.on(piped ? 'close' : 'exit', (code: number | null, signal: string | null) => resolve({ code, signal }));
    }),
    kill: (signal) => void child.kill(signal),
  };
}

export const host: Host = {
  start,
  files,
  fetch: (url, { signal }) => fetch(url, { signal, redirect: 'manual' }),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', done);
    }),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  // The script's console is the service's log.
  // eslint-disable-next-line no-console
  log: (text) => console.log(text),
  language,
};
