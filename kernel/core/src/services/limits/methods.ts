/** package.set-limits: what one service may use of the machine. */
import { type AnyMethod, defineMethod, hostFeatures, packageId, serviceLimits } from '@hearth/contract';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { limitsOf, unkeptOf } from './limits.ts';

/** Kept with the service, and given to its container at once if that runs. */
export function limitsMethod(context: Context): AnyMethod {
  return defineMethod({
    name: 'package.set-limits',
    about: 'Limit what a service may use: memory, processor, processes, disk; null leaves it to package and server.',
    input: z.object({ id: packageId }).extend(serviceLimits.partial().shape),
    output: z.object({
      rev: z.number(),
      /** False: from its next start on. */
      applied: z.boolean(),
      /** Of those that are set: what this machine does not keep at once. Disk is looked at from time to time instead. */
      unkept: hostFeatures.shape.unkept.unwrap(),
    }),
    allow: 'admin',
    async run({ id, ...given }) {
      const host = context.host();
      const { memory: total } = host;
      if (typeof given.memory === 'number' && given.memory > total)
        throw errors.limitTooLarge({ service: id, memory: given.memory, total });
      const rev = await context.rows.change(id, 'package.set-limits', (row) => {
        const told = Object.entries(given).filter(([, value]) => value !== undefined);
        row.limits = { memory: null, cpuWeight: null, pids: null, ...row.limits, ...Object.fromEntries(told) };
      });
      const row = context.rows.get(id);
      const unkept = [...unkeptOf(row, host)];
      if (row.status.startedAt === null) return { rev, applied: true, unkept };
      try {
        await context.engine.call('container.limit', { service: id, limits: limitsOf(row, host) });
        return { rev, applied: true, unkept };
      } catch (error) {
        context.log.warn({ err: error, service: id }, 'Limits count from the next start on');
        return { rev, applied: false, unkept };
      }
    },
  });
}
