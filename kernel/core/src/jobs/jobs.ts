/** The jobs as a part of the kernel. */
import type { Jobs } from '@hearth/contract';
import type { KernelPart, KernelParts } from '../parts.ts';
import { jobMethods } from './methods.ts';
import { createRuntime } from './runtime.ts';

export function createJobs(parts: Pick<KernelParts, 'store' | 'events' | 'log' | 'clock'>): KernelPart<Jobs> {
  const runtime = createRuntime({
    slice: (definition) => parts.store.slice(definition),
    events: parts.events,
    log: parts.log,
    now: () => parts.clock.now(),
  });
  return {
    service: runtime,
    methods: jobMethods(runtime),
    ready: () => runtime.recover(),
    stop: () => runtime.stop(),
  };
}
