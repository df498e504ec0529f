/** The jobs as a part of the kernel. */
import type { Jobs } from '@hearth/contract';
import type { KernelPart, KernelParts } from '../parts.ts';
import { jobMethods } from './methods.ts';
import { createRuntime, type JobsDependencies } from './runtime.ts';

type Parts = Pick<KernelParts, 'store' | 'events' | 'log' | 'clock'> & Pick<JobsDependencies, 'pauseMs'>;

export function createJobs(parts: Parts): KernelPart<Jobs> {
  const runtime = createRuntime({
    slice: (definition) => parts.store.slice(definition),
    events: parts.events,
    log: parts.log,
    now: () => parts.clock.now(),
    ...(parts.pauseMs === undefined ? {} : { pauseMs: parts.pauseMs }),
  });
  return {
    service: runtime,
    methods: jobMethods(runtime),
    ready: () => runtime.recover(),
    stop: () => runtime.stop(),
  };
}
