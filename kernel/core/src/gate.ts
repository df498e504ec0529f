/**
 * What a plugin waits for before it starts, for as long as it takes: something outside the kernel that may be away, as
 * the engine may. The wait is no part of the plugin's deadline, and shows in the boot report.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineClient, HearthError, Log } from '@hearth/contract';
import { errors } from './errors.ts';

export interface Gate {
  /** As people read it: `engine`. */
  readonly what: string;
  /** Resolves when it is there; rejects only when `signal` is aborted. */
  open(signal: AbortSignal): Promise<void>;
  /** Whether a hook failed because it went away again: then the plugin waits and begins anew. */
  isShut(error: HearthError): boolean;
}

/** An engine client that can tell whether the engine is there. */
export interface Present extends EngineClient {
  present(): Promise<void>;
}

const againMs = 500;

export function engineGate(engine: Present, log: Log): Gate {
  return {
    what: 'engine',
    async open(signal) {
      for (let told = false; ; told = true) {
        signal.throwIfAborted();
        try {
          return await engine.present();
        } catch (error) {
          if (!told) log.warn({ err: error }, 'the engine is away: what needs it waits');
        }
        await sleep(againMs, undefined, { signal, ref: false });
      }
    },
    isShut: ({ code }) => code === errors.engineAway().code,
  };
}

/** A wait shorter than this is none: an engine that starts beside the kernel. */
const noticeMs = 1000;

/** Waits at the gate; `waiting` is called once it takes long, and never after the wait is over. */
export async function pass(gate: Gate, signal: AbortSignal, waiting: (error: HearthError) => void): Promise<void> {
  const timer = setTimeout(() => waiting(errors.waiting({ what: gate.what })), noticeMs);
  try {
    await gate.open(signal);
  } finally {
    clearTimeout(timer);
  }
}
