/**
 * One plugin while it is enabled: its process, started again after it ended by itself (later each time), asked now and
 * then whether it still answers, ended when it does not or takes more than is its.
 */
import {
  type ConfinedCaller,
  type ConfinedFrame,
  HearthError,
  type KernelFrame,
  type Log,
  type StartFrame,
  type TargetFrame,
} from '@hearth/contract';
import { within } from '../deadline.ts';
import { errors } from './errors.ts';
import type { Carrier } from './carrier.ts';
import { type ConfinedProcess, startConfined } from './process.ts';
import { Pending } from './pending.ts';
import { type Appetite, watchAppetite } from './appetite.ts';

export interface LifeParts {
  readonly plugin: string;
  /** A new process, each time. */
  readonly carrier: () => Carrier;
  readonly log: Log;
  readonly scale: number;
  /** Read when it starts: the script, and what it is told first. */
  readonly begin: () => Promise<{ readonly script: string; readonly start: StartFrame }>;
  /** Answers what it asks. Never rejects but with a HearthError. */
  readonly answer: (verb: string, input: unknown) => Promise<unknown>;
  readonly say: (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
  readonly tell: (news: LifeNews) => void;
  readonly limits?: Partial<LifeLimits>;
}

export interface LifeNews {
  readonly state: 'starting' | 'running' | 'backing-off' | 'failed' | 'off';
  readonly reason: string;
  readonly crashes: number;
}

export interface LifeLimits extends Appetite {
  /** MiB of V8's heap. */
  readonly heap: number;
  readonly startMs: number;
  /** The wait after the first crash; doubled with each until `longestWaitMs`. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** After so many in a row it is left alone. */
  readonly mostCrashes: number;
  /** Up for so long, the crashes before are forgotten. */
  readonly healthyMs: number;
}

export const lifeLimits: LifeLimits = Object.freeze({
  heap: 64,
  resident: 256 * 1024 * 1024,
  cpuShare: 0.5,
  overMs: 60_000,
  everyMs: 5_000,
  silentMs: 15_000,
  startMs: 30_000,
  firstWaitMs: 1_000,
  longestWaitMs: 300_000,
  mostCrashes: 10,
  healthyMs: 600_000,
});

export class Life {
  readonly #parts: LifeParts;
  readonly #limits: LifeLimits;
  #process: ConfinedProcess | null = null;
  #pending: Pending | null = null;
  #up = Promise.withResolvers<ConfinedProcess>();
  #crashes = 0;
  #reason = 'it is starting';
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.#limits = { ...lifeLimits, ...parts.limits };
    this.#up.promise.catch(() => undefined);
    void this.#run();
  }

  /** Ends it for good; resolves when the process is gone. */
  async end(): Promise<void> {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#down('it is off');
    this.#process?.kill();
    await this.#process?.ended;
  }

  /** Runs a method of the plugin. Throws `plugins.notRunning`, `plugins.ended`, and what the plugin throws. */
  method(name: string, input: unknown, caller: ConfinedCaller, signal: AbortSignal): Promise<unknown> {
    return this.#work((id) => ({ do: 'method', id, name, input, caller }), signal);
  }

  /** One operation on a place for backups. */
  target(operation: Omit<TargetFrame, 'do' | 'id'>, signal: AbortSignal): Promise<unknown> {
    return this.#work((id) => ({ do: 'target', id, ...operation }), signal);
  }

  job(name: string, input: unknown, job: string, signal: AbortSignal): Promise<unknown> {
    return this.#work((id) => ({ do: 'job', id, name, input, job }), signal);
  }

  /** Told to it while it runs; lost while it does not. */
  tell(frame: Extract<KernelFrame, { readonly do: 'event' | 'timer' }>): void {
    this.#process?.send(frame);
  }

  get memory(): number {
    return this.#process?.usage()?.memory ?? 0;
  }

  async #work(frame: (id: number) => KernelFrame, signal: AbortSignal): Promise<unknown> {
    const process = await this.#running(signal);
    const pending = this.#pending;
    if (pending === null) throw errors.notRunning({ plugin: this.#parts.plugin, reason: this.#reason });
    return pending.run(
      (id) => process.send(frame(id)),
      (id) => process.send({ do: 'cancel', id }),
      signal,
    );
  }

  /** Waits for it to come up, as long as it is on the way. */
  #running(signal: AbortSignal): Promise<ConfinedProcess> {
    return within(
      this.#limits.startMs * this.#parts.scale,
      `start of plugin "${this.#parts.plugin}"`,
      () => this.#up.promise,
      {
        signal,
      },
    );
  }

  async #run(): Promise<void> {
    const { plugin, log } = this.#parts;
    const began = performance.now();
    this.#news('starting', '');
    let reason = '';
    try {
      reason = await this.#live();
    } catch (error) {
      reason = HearthError.from(error).message;
    }
    if (this.#over) return;
    this.#crashes = performance.now() - began > this.#limits.healthyMs ? 1 : this.#crashes + 1;
    log.warn({ plugin, reason, crashes: this.#crashes }, 'a confined plugin ended');
    this.#down(reason);
    if (this.#crashes >= this.#limits.mostCrashes) return this.#news('failed', reason);
    const wait = Math.min(this.#limits.longestWaitMs, this.#limits.firstWaitMs * 2 ** (this.#crashes - 1));
    this.#news('backing-off', reason);
    this.#timer = setTimeout(() => {
      this.#up = Promise.withResolvers();
      this.#up.promise.catch(() => undefined);
      void this.#run();
    }, wait).unref();
  }

  /** From one start to the end that follows; answers why it ended. */
  async #live(): Promise<string> {
    const { plugin, carrier, scale, begin } = this.#parts;
    const { script, start } = await begin();
    if (this.#over) return 'it is off';
    const { heap, startMs } = this.#limits;
    const pending = new Pending(plugin);
    const ready = Promise.withResolvers<undefined>();
    const reasons: string[] = [];
    const stop = (reason: string): void => {
      reasons.push(reason);
      process.kill();
    };
    const process = startConfined(carrier(), async (frame) => {
      if ('ready' in frame) ready.resolve(undefined);
      else if ('fault' in frame) {
        stop(frame.fault);
      } else await this.#take(frame, process, pending);
    });
    this.#process = process;
    this.#pending = pending;
    const appetite = watchAppetite(process, this.#limits, scale, stop);
    const late = setTimeout(() => stop('it did not come up in time'), startMs * scale);
    process.send({ do: 'load', script, memory: heap, start });
    void ready.promise.then(() => {
      clearTimeout(late);
      this.#up.resolve(process);
      this.#news('running', '');
    });
    const why = await process.ended;
    clearTimeout(late);
    appetite.stop();
    this.#process = null;
    this.#pending = null;
    pending.abandon();
    return reasons[0] ?? why;
  }

  async #take(frame: ConfinedFrame, process: ConfinedProcess, pending: Pending): Promise<void> {
    if ('done' in frame) pending.settle(frame);
    else if ('log' in frame) this.#parts.say(frame.log, frame.message);
    else if ('ask' in frame) {
      // Not awaited as a whole: an answer may need what comes next. How many run at once is bounded.
      await pending.room();
      void this.#answer(frame, process).finally(() => pending.leave());
    }
  }

  async #answer(
    { ask, verb, input }: Extract<ConfinedFrame, { ask: number }>,
    process: ConfinedProcess,
  ): Promise<void> {
    try {
      process.send({ answer: ask, value: (await this.#parts.answer(verb, input)) ?? null });
    } catch (error) {
      const { code, message } = HearthError.from(error);
      process.send({ answer: ask, error: { code, message } });
    }
  }

  /** Whoever waits for it is told that it will not come up. */
  #down(reason: string): void {
    this.#reason = reason;
    this.#up.reject(errors.notRunning({ plugin: this.#parts.plugin, reason }));
    // It was up: those who ask from now on are told too.
    this.#up = Promise.withResolvers();
    this.#up.promise.catch(() => undefined);
    this.#up.reject(errors.notRunning({ plugin: this.#parts.plugin, reason }));
  }

  #news(state: LifeNews['state'], reason: string): void {
    this.#parts.tell({ state, reason, crashes: this.#crashes });
  }
}
