/** @hearth/kernel/testing: a whole kernel for a test, in a folder of its own, without root, that stops itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyPlugin, Log, Principal, Provided, ServiceRef } from '@hearth/contract';
import type { PartFactories } from '../assembly.ts';
import { boot, type Kernel } from '../boot.ts';
import { createLog } from '../log.ts';
import type { Clock } from '../parts.ts';
import type { Journal } from '../state/journal.ts';
import { MemoryJournal } from '../state/memory-journal.ts';
import { type EngineAnswers, type FakeEngine, fakeEngine } from './fake-engine.ts';
import { factories } from '../factories.ts';

export * from './fake-engine.ts';
export * from './http.ts';
export { methodsOf } from './method-table.ts';
export { openrpc } from '../rpc/openrpc.ts';
export { MemoryJournal } from '../state/memory-journal.ts';
export { createLog } from '../log.ts';

export interface Fake {
  readonly ref: ServiceRef<unknown>;
  readonly service: unknown;
}

/** Stands in for what a plugin or the kernel would provide; a part of what it offers is enough. */
export function fake<R extends ServiceRef<unknown>>(ref: R, service: Partial<Provided<R>>): Fake {
  return { ref, service };
}

export interface TestKernelOptions {
  readonly plugins?: readonly AnyPlugin[];
  /** Fakes of `jobsRef` and `servicesRef` replace the real ones. */
  readonly fakes?: readonly Fake[];
  readonly engine?: EngineAnswers | FakeEngine;
  /** To be used again for a restart. */
  readonly journal?: Journal;
  readonly folder?: string;
  /** `HEARTH_*` names. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly log?: Log;
  /** In place of the real rooms. */
  readonly factories?: Partial<PartFactories>;
}

export interface TestKernel extends Kernel {
  readonly engine: FakeEngine;
  readonly folder: string;
  readonly sockets: { readonly kernel: string; readonly admin: string };
  /** Calls a method as `root`, or as whoever. Throws a HearthError. */
  rpc(method: string, input?: unknown, as?: Principal): Promise<any>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Data and sockets are in a temporary folder, which goes when it stops (unless `folder` was given). */
export async function startTestKernel(options: TestKernelOptions = {}): Promise<TestKernel> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'hearth-kernel-')));
  const engine = isFake(options.engine) ? options.engine : fakeEngine(options.engine);
  const kernel = await boot(
    {
      plugins: options.plugins ?? [],
      version: '0.0.0',
      flags: ['--data', join(folder, 'data'), '--run', join(folder, 'run'), '--runtime', join(folder, 'runtime')],
      environment: options.environment ?? {},
      systemFile: join(folder, 'system.json'),
    },
    { ...factories, ...options.factories },
    {
      engine,
      journal: options.journal ?? new MemoryJournal(),
      log: options.log ?? createLog('silent'),
      given: new Map((options.fakes ?? []).map(({ ref, service }) => [ref.id, service])),
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    },
  ).catch(async (error: unknown) => {
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const stop = async (): Promise<void> => {
    await kernel.stop();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  return {
    ...kernel,
    engine,
    folder,
    sockets: { kernel: kernel.places.kernelSocket, admin: join(kernel.places.run, 'kernel/admin.sock') },
    rpc: (method, input, principal = { kind: 'root' }) => kernel.dispatcher.call({ method, input, principal }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function isFake(engine: TestKernelOptions['engine']): engine is FakeEngine {
  return engine !== undefined && 'calls' in engine;
}
