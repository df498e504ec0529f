/**
 * Begins the script's thread. It takes longer to come up than everything else of the guest together, so it is begun
 * before the rest is even read; what it says meanwhile is kept.
 */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FromSandbox, SandboxData } from '../sandbox/messages.ts';
import type { GuestConfig } from './config.ts';

/** For the engine's own stack within it: `sandbox/engine.ts`. */
const threadStackMb = 8;

export interface ScriptThread {
  readonly worker: Worker;
  /** Shared with it: since when the script has control. */
  readonly entered: Float64Array<SharedArrayBuffer>;
  /** From now on; first what was said before. */
  hear(listener: (message: FromSandbox) => void): void;
}

/** @param mayGiveWay see `SandboxData` */
export function beginScriptThread(config: GuestConfig, mayGiveWay = true): ScriptThread {
  const { memory } = config.layout;
  const entered = new Float64Array(new SharedArrayBuffer(8));
  // Paths, not files: what only the worker needs is read, compiled and forgotten there.
  const data: SandboxData = {
    limits: { memory: config.scriptMemory, loadMs: config.loadMs, turnMs: config.turnMs },
    language: config.language,
    hostname: hostname(),
    layout: config.layout,
    folder: config.folder,
    entered,
    image: existsSync(memory) ? join(memory, 'image') : null,
    mayGiveWay,
  };
  const worker = new Worker(join(config.folder, 'sandbox.mjs'), {
    workerData: data,
    env: {},
    resourceLimits: { stackSizeMb: threadStackMb, maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 },
  });
  const early: FromSandbox[] = [];
  const keep = (message: FromSandbox): void => void early.push(message);
  worker.on('message', keep);
  return {
    worker,
    entered,
    hear(listener) {
      worker.off('message', keep);
      worker.on('message', listener);
      for (const message of early.splice(0)) listener(message);
    },
  };
}
