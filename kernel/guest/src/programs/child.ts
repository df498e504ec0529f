/** One running program as the script sees it: its pipes, its end, the signals it is sent. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { LineCutter } from '../serve/log.ts';
import type { Ongoing, Tell } from '../serve/sandbox.ts';
import type { TerminalSize } from './argv.ts';
import type { Pipe, Pipes } from './pipes.ts';

export interface ChildPlan {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** `pipe`, `inherit` (to the log) or `ignore`, for stdin, stdout, stderr. */
  readonly stdio: readonly string[];
  readonly log: (text: string) => void;
  /** How a signal reaches the program; a wrapper is not the program. */
  readonly signal: (name: NodeJS.Signals, child: ChildProcess) => void;
  /** For a program on a terminal. */
  readonly resize?: (size: TerminalSize, child: ChildProcess) => Promise<void>;
  /** What the wrapper's end says about the program's. */
  readonly outcome?: (code: number | null, signal: NodeJS.Signals | null) => Outcome;
}
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long output may still come after the end: a program may leave others behind that hold its pipes. */
const lastWordsMs = 200;

export class Child implements Ongoing {
  readonly ended: Promise<Outcome>;
  readonly #child: ChildProcess;
  readonly #plan: ChildPlan;
  readonly #tell: Tell;
  readonly #input: Socket | null;
  readonly #open = new Set<string>();
  #outcome: Outcome | null = null;
  #wanted: TerminalSize | null = null;

  constructor(plan: ChildPlan, pipes: Pipes, tell: Tell) {
    this.#plan = plan;
    this.#tell = tell;
    const [stdin, stdout, stderr] = plan.stdio;
    const input = stdin === 'pipe' ? pipes.input() : null;
    const output = stdout === 'ignore' ? null : pipes.output();
    const errors = stderr === 'ignore' ? null : pipes.output();
    const ends = [input, output, errors].map((pipe) => pipe?.theirs ?? ('ignore' as const));
    this.#child = spawn(plan.file, plan.args, { stdio: ends, env: plan.env, cwd: '/' });
    for (const end of ends) if (typeof end === 'number') closeSync(end);
    this.#input = input?.ours ?? null;
    this.#input?.on('error', () => undefined);
    this.#listen('stdout', output, stdout === 'pipe');
    this.#listen('stderr', errors, stderr === 'pipe');
    this.ended = new Promise((resolve) => this.#wait(resolve));
  }

  get running(): boolean {
    return this.#outcome === null;
  }

  command(name: string, args: readonly unknown[], bytes: Uint8Array | undefined): void {
    if (name === 'write') this.#input?.write(bytes ?? new Uint8Array(0));
    else if (name === 'end') this.#input?.end();
    else if (name === 'kill' && this.running) this.signal(String(args[0]) as NodeJS.Signals);
    else if (name === 'resize' && this.running) this.#resize(Number(args[0]), Number(args[1]));
  }

  /** One at a time, and of sizes that come meanwhile the last alone. */
  #resize(rows: number, columns: number): void {
    const fits = [rows, columns].every((count) => Number.isInteger(count) && count > 0 && count < 10_000);
    if (!fits || this.#plan.resize === undefined) return;
    const busy = this.#wanted !== null;
    this.#wanted = { rows, columns };
    if (!busy) void this.#follow(this.#plan.resize);
  }

  async #follow(resize: (size: TerminalSize, child: ChildProcess) => Promise<void>): Promise<void> {
    for (let size: TerminalSize | null = null; size !== this.#wanted && this.#wanted !== null; ) {
      size = this.#wanted;
      await resize(size, this.#child);
    }
    this.#wanted = null;
  }

  signal(name: NodeJS.Signals): void {
    if (this.running) this.#plan.signal(name, this.#child);
  }

  /** The script lost interest; the program goes on. */
  close(): void {
    this.#input?.end();
  }

  #listen(name: 'stdout' | 'stderr', pipe: Pipe | null, told: boolean): void {
    if (pipe === null) return;
    this.#open.add(name);
    const lines = new LineCutter(this.#plan.log);
    pipe.ours.on('data', (bytes: Buffer) => {
      if (told) this.#tell(name, null, Uint8Array.from(bytes));
      else lines.push(bytes);
    });
    pipe.ours.on('error', () => undefined);
    pipe.ours.on('close', () => {
      lines.end();
      this.#open.delete(name);
      const last = this.#outcome !== null && this.#open.size === 0;
      if (told || last) this.#tell(name, undefined, undefined, last);
      this.#finish();
    });
  }

  #wait(resolve: (outcome: Outcome) => void): void {
    this.#child.on('error', (error: NodeJS.ErrnoException) => {
      this.#outcome = { code: 127, signal: null };
      const { code, errno, syscall, message } = error;
      this.#tell('failed', { name: 'Error', message, code, errno, syscall, path: this.#plan.file }, undefined, true);
      resolve(this.#outcome);
    });
    this.#child.on('spawn', () => this.#tell('spawn'));
    this.#child.on('exit', (code, signal) => {
      const outcome = this.#plan.outcome?.(code, signal) ?? { code, signal };
      setTimeout(() => this.#end(outcome, resolve), this.#open.size === 0 ? 0 : lastWordsMs);
      this.#exited = () => this.#end(outcome, resolve);
      this.#finish();
    });
  }

  #exited: (() => void) | null = null;

  /** Everything written is read: the end can be told. */
  #finish(): void {
    if (this.#open.size === 0) this.#exited?.();
  }

  #end(outcome: Outcome, resolve: (outcome: Outcome) => void): void {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    this.#input?.destroy();
    this.#tell('exit', outcome, undefined, this.#open.size === 0);
    resolve(outcome);
  }
}
