/** package.set-limits: what one service may use of the machine. */
import { type AnyMethod, defineMethod, packageId, serviceLimits } from '@hearth/contract';
import { z } from 'zod';
import { type Context, limitsOf } from './context.ts';
import { errors } from './errors.ts';

/** Kept with the service, and given to its container at once if that runs. */
export function limitsMethod({ context }: { readonly context: Context }): AnyMethod {
  return defineMethod({
    name: 'package.set-limits',
    about: 'Limit the memory, the share of the processor and the processes of a service; null takes a limit away.',
    input: z.object({ id: packageId }).extend(serviceLimits.partial().shape),
    output: z.object({
      rev: z.number(),
      /** False: from its next start on. */
      applied: z.boolean(),
    }),
    allow: 'admin',
    async run({ id, ...given }) {
      const { memory: total } = context.host();
      if (typeof given.memory === 'number' && given.memory > total)
        throw errors.limitTooLarge({ service: id, memory: given.memory, total });
      const rev = await context.rows.change(id, 'package.set-limits', (row) => {
        const { memory = null, cpuWeight = null, pids = null } = { ...row.limits, ...given };
        row.limits = { memory, cpuWeight, pids };
      });
      const row = context.rows.get(id);
      if (row.status.startedAt === null) return { rev, applied: true };
      try {
        await context.engine.call('container.limit', { service: id, limits: limitsOf(row) });
        return { rev, applied: true };
      } catch (error) {
        context.log.warn({ err: error, service: id }, 'Limits count from the next start on');
        return { rev, applied: false };
      }
    },
  });
}
