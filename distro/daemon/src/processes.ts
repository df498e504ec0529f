/**
 * Runs the two processes of Hearth and starts one again when it dies.
 *
 * Both end when their channel to this process closes. Neither takes services, the reverse proxy or the name server
 * with it: those outlive all three and are adopted by the next start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, stat } from 'node:fs/promises';

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd: string;
  readonly environment: Record<string, string>;
  readonly log: string;
}

/** Bytes after which a log is set aside; one older log is kept. */
const logLimit = 16 * 1024 * 1024;

export class Supervised {
  readonly #program: Program;
  readonly #echo: ((line: string) => void) | null;
  #child: ChildProcess | null = null;
  #log: WriteStream | null = null;
  #stopping = false;
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;
  /** Called when the program ends by itself, before it is started again. */
  onDeath: ((name: string, how: string) => void) | null = null;

  constructor(program: Program, echo: ((line: string) => void) | null) {
    this.#program = program;
    this.#echo = echo;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const { command, args, log, cwd, environment, uid, gid, name } = this.#program;
    await rotate(log);
    // Told to stop while it was about to be started again.
    if (this.#stopping) return;
    this.#log ??= createWriteStream(log, { flags: 'a', mode: 0o640 });
    const child = spawn(command, args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    this.#child = child;
    const began = Date.now();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log?.write(text);
        if (this.#echo !== null) for (const line of text.split('\n')) if (line !== '') this.#echo(line);
      });
    }
    child.on('error', (error) => this.onDeath?.(name, error.message));
    child.on('exit', (code, signal) => {
      this.#child = null;
      if (this.#stopping) return;
      this.#failures = Date.now() - began > 60_000 ? 0 : this.#failures + 1;
      this.onDeath?.(name, signal ?? `code ${code ?? 0}`);
      this.#restart = setTimeout(() => void this.start(), Math.min(30_000, 250 * 2 ** (this.#failures - 1)));
    });
  }

  /** TERM, then KILL after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child !== null && child.exitCode === null) {
      await new Promise<void>((resolve) => {
        const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
        child.once('exit', () => {
          clearTimeout(force);
          resolve();
        });
        child.kill('SIGTERM');
      });
    }
    this.#log?.end();
  }
}

async function rotate(log: string): Promise<void> {
  const size = await stat(log).then(
    (info) => info.size,
    () => 0,
  );
  if (size > logLimit) await rename(log, `${log}.1`);
}
