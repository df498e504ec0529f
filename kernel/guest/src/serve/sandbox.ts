/**
 * The script's worker, seen from the serving process: requests in, answers out, and a watch on how long it keeps control.
 *
 * A worker that hangs is ended from outside; the script's programs are not in it and can still be stopped in order.
 */
import type { ErrorShape } from '../files/error.ts';
import type { FromSandbox, ScriptMethod, ToSandbox } from '../sandbox/messages.ts';
import type { GuestConfig } from './config.ts';
import { giveBack } from '../sandbox/give-back.ts';
import { runForScript } from './run-now.ts';
import { beginScriptThread, type ScriptThread } from './script-thread.ts';

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
  readonly asked: ToSandbox;
  resolve(value: unknown): void;
  reject(error: ErrorShape): void;
}

const watchMs = 1000;
const fromOldImage = 'The script was restored from its memory image';
const fromNewImage = 'The script goes on from the memory image that was made of it';

export class Sandbox {
  readonly #config: GuestConfig;
  readonly #listener: SandboxListener;
  readonly #waiting = new Map<string, Waiting>();
  readonly #ongoing = new Map<number, Ongoing>();
  readonly #watch: NodeJS.Timeout;
  #thread: ScriptThread;
  #gaveWay = false;
  #dead: string | null = null;

  constructor(config: GuestConfig, thread: ScriptThread, listener: SandboxListener) {
    this.#config = config;
    this.#listener = listener;
    this.#thread = thread;
    this.#attend(thread);
    const longest = Math.max(config.loadMs, config.turnMs) + 2 * watchMs;
    // The engine stops a turn itself; this is for work inside the engine that never asks.
    this.#watch = setInterval(() => {
      const since = this.#thread.entered[0] ?? 0;
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
      const asked: ToSandbox = { kind: 'request', id, method, params };
      this.#waiting.set(id, { asked, resolve, reject });
      this.#post(asked);
    });
  }

  callback(id: number, args: readonly unknown[]): void {
    this.#post({ kind: 'callback', id, args });
  }

  /** Which subcontainers the script believes to run. */
  launched(guids: readonly string[]): void {
    this.#post({ kind: 'launched', guids });
  }

  /** Memory that only lies ready, in either thread. */
  giveBack(): void {
    this.#post({ kind: 'giveBack' });
    giveBack();
  }

  async close(): Promise<void> {
    this.#dead ??= 'the guest ends';
    clearInterval(this.#watch);
    await this.#thread.worker.terminate();
  }

  /** Nothing is heard of a thread that gave way. */
  #attend(thread: ScriptThread): void {
    const heard = (act: () => void): void => {
      if (thread === this.#thread) act();
    };
    thread.hear((message) => heard(() => this.#hear(message)));
    thread.worker.on('error', ({ message }: Error) => heard(() => this.#die(`the script's thread failed: ${message}`)));
    thread.worker.on('exit', () => heard(() => this.#die("the script's thread ended")));
  }

  /** The thread that evaluated the bundle has carried nothing out: all it was asked, the next one is. */
  #succeed(): void {
    const { worker } = this.#thread;
    this.#gaveWay = true;
    this.#thread = beginScriptThread(this.#config, false);
    this.#attend(this.#thread);
    for (const { asked } of this.#waiting.values()) this.#post(asked);
    void worker.terminate();
  }

  #post(message: ToSandbox): void {
    if (this.#dead === null) this.#thread.worker.postMessage(message);
  }

  #hear(message: FromSandbox): void {
    switch (message.kind) {
      case 'ready':
        if (message.restored) this.#listener.print(this.#gaveWay ? fromNewImage : fromOldImage);
        return;
      case 'giveWay':
        return this.#succeed();
      case 'answer':
        return this.#settle(message.id, (waiting) => waiting.resolve(message.result));
      case 'refusal':
        return this.#settle(message.id, (waiting) => waiting.reject(message.error));
      case 'watched':
        this.watched = message.paths;
        return;
      case 'runNow':
        return runForScript(message.run, (args, tell) => this.#listener.begin('spawn', args, tell));
      case 'print':
        return this.#listener.print(message.text);
      case 'fatal':
        return this.#die(message.reason);
      default:
        return this.#goOn(message);
    }
  }

  #goOn(message: Extract<FromSandbox, { kind: 'begin' | 'command' | 'close' }>): void {
    const { kind, id } = message;
    if (kind === 'begin') return this.#begin(id, message.op, message.args);
    if (kind === 'command') return this.#ongoing.get(id)?.command?.(message.name, message.args, message.bytes);
    this.#ongoing.get(id)?.close();
    this.#ongoing.delete(id);
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
    void this.#thread.worker.terminate();
    for (const id of [...this.#waiting.keys()]) this.#settle(id, (waiting) => waiting.reject(reasonShape(reason)));
    this.#listener.died(reason);
  }
}

function reasonShape(reason: string): ErrorShape {
  return { name: 'Error', message: `The package's script was ended: ${reason}` };
}
