/**
 * Runs the two processes of Hearth and starts one again when it dies.
 *
 * Both end when their channel to this process closes. Neither takes services, the reverse proxy or the name server
 * with it: those outlive all three and are adopted by the next start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { LogFile } from './log-file.ts';

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

export class Supervised {
  readonly #program: Program;
  readonly #echo: ((line: string) => void) | null;
  #child: ChildProcess | null = null;
  readonly #log: LogFile;
  #stopping = false;
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;
  /** Called when the program ends by itself, before it is started again. */
  onDeath: ((name: string, how: string) => void) | null = null;

  constructor(program: Program, echo: ((line: string) => void) | null) {
    this.#program = program;
    this.#log = new LogFile(program.log);
    this.#echo = echo;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const { command, args, cwd, environment, uid, gid, name } = this.#program;
    this.#log.rotate();
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
        this.#log.write(text);
        if (this.#echo !== null) for (const line of text.split('\n')) if (line !== '') this.#echo(line);
      });
    }
    const ended = (how: string): void => {
      if (this.#child !== child) return;
      this.#child = null;
      if (this.#stopping) return;
      this.#failures = Date.now() - began > 60_000 ? 0 : this.#failures + 1;
      this.onDeath?.(name, how);
      this.#restart = setTimeout(() => this.start(), Math.min(30_000, 250 * 2 ** Math.max(0, this.#failures - 1)));
    };
    // One that could not even be begun does not end.
    child.on('error', (error) => {
      if (child.pid === undefined) ended(error.message);
    });
    child.on('exit', (code, signal) => ended(signal ?? `code ${code ?? 0}`));
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
    this.#log.end();
  }
}
