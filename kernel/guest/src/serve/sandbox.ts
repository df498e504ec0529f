/**
 * The script's worker, seen from the serving process: requests in, answers out, and a watch on how long it keeps control.
 *
 * A worker that hangs is ended from outside; the script's programs are not in it and can still be stopped in order.
 */
import type { Worker } from 'node:worker_threads';
import type { ErrorShape } from '../files/error.ts';
import type { FromSandbox, ScriptMethod, ToSandbox } from '../sandbox/messages.ts';
import type { GuestConfig } from './config.ts';
import { runForScript } from './run-now.ts';
import type { ScriptThread } from './script-thread.ts';

export interface Ongoing {
  command?(name: string, args: readonly unknown[], bytes: Uint8Array | undefined): void;
  close(): void;
}
export type Tell = (event: string, value?: unknown, bytes?: Uint8Array, last?: boolean) => void;
export interface SandboxListener {
  /** Something of the serving process's: an effect, a program. */
  begin(op: string, args: readonly unknown[], tell: Tell): Ongoing;
  print(text: string): void;
  died(reason: string): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: ErrorShape): void;
}

const watchMs = 1000;

export class Sandbox {
  readonly #worker: Worker;
  readonly #listener: SandboxListener;
  readonly #waiting = new Map<string, Waiting>();
  readonly #ongoing = new Map<number, Ongoing>();
  readonly #entered: Float64Array<SharedArrayBuffer>;
  readonly #watch: NodeJS.Timeout;
  #dead: string | null = null;

  constructor(config: GuestConfig, thread: ScriptThread, listener: SandboxListener) {
    this.#listener = listener;
    this.#worker = thread.worker;
    this.#entered = thread.entered;
    thread.hear((message) => this.#hear(message));
    this.#worker.on('error', (error: Error) => this.#die(`the script's thread failed: ${error.message}`));
    this.#worker.on('exit', () => this.#die("the script's thread ended"));
    const longest = Math.max(config.loadMs, config.turnMs) + 2 * watchMs;
    // The engine stops a turn itself; this is for work inside the engine that never asks.
    this.#watch = setInterval(() => {
      const since = this.#entered[0] ?? 0;
      if (since > 0 && Date.now() - since > longest) this.#die('the script hangs');
    }, watchMs);
    this.#watch.unref();
  }

  /** Files and folders the script watches. */
  watched: readonly string[] = [];

  /** @throws ErrorShape as the script threw it, or why there is no script any more */
  request(id: string, method: ScriptMethod, params: unknown): Promise<unknown> {
    return new Promise((resolve, refuse) => {
      // What a script throws stays the plain data it came as: it is only passed on.
      const reject: (shape: ErrorShape) => void = refuse;
      if (this.#dead !== null) return reject(reasonShape(this.#dead));
      this.#waiting.set(id, { resolve, reject });
      this.#post({ kind: 'request', id, method, params });
    });
  }

  callback(id: number, args: readonly unknown[]): void {
    this.#post({ kind: 'callback', id, args });
  }

  /** Which subcontainers the script believes to run. */
  launched(guids: readonly string[]): void {
    this.#post({ kind: 'launched', guids });
  }

  async close(): Promise<void> {
    this.#dead ??= 'the guest ends';
    clearInterval(this.#watch);
    await this.#worker.terminate();
  }

  #post(message: ToSandbox): void {
    if (this.#dead === null) this.#worker.postMessage(message);
  }

  #hear(message: FromSandbox): void {
    switch (message.kind) {
      case 'ready':
        if (message.restored) this.#listener.print('The script was restored from its memory image');
        return;
      case 'answer':
        return this.#settle(message.id, (waiting) => waiting.resolve(message.result));
      case 'refusal':
        return this.#settle(message.id, (waiting) => waiting.reject(message.error));
      case 'begin':
        return this.#begin(message.id, message.op, message.args);
      case 'command':
        return this.#ongoing.get(message.id)?.command?.(message.name, message.args, message.bytes);
      case 'close':
        this.#ongoing.get(message.id)?.close();
        this.#ongoing.delete(message.id);
        return;
      case 'watched':
        this.watched = message.paths;
        return;
      case 'runNow':
        return runForScript(message.run, (args, tell) => this.#listener.begin('spawn', args, tell));
      case 'print':
        return this.#listener.print(message.text);
      case 'fatal':
        return this.#die(message.reason);
    }
  }

  #begin(id: number, op: string, args: readonly unknown[]): void {
    const tell: Tell = (event, value, bytes, last = false) => {
      if (last) this.#ongoing.delete(id);
      this.#post({ kind: 'event', id, event, value, ...(bytes !== undefined && { bytes }), last });
    };
    this.#ongoing.set(id, this.#listener.begin(op, args, tell));
  }

  #settle(id: string, settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined) settle(waiting);
  }

  #die(reason: string): void {
    if (this.#dead !== null) return;
    this.#dead = reason;
    clearInterval(this.#watch);
    void this.#worker.terminate();
    for (const id of [...this.#waiting.keys()]) this.#settle(id, (waiting) => waiting.reject(reasonShape(reason)));
    this.#listener.died(reason);
  }
}

function reasonShape(reason: string): ErrorShape {
  return { name: 'Error', message: `The package's script was ended: ${reason}` };
}
