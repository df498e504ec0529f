/** How far long work is. The same shape comes from packages (effects) and goes to people. */
import { z } from 'zod';

/** null: not started; false: running, length unknown; true: done; else a count. */
export const progress = z.union([
  z.null(),
  z.boolean(),
  z.object({
    done: z.number().nonnegative(),
    total: z.number().nonnegative().nullable(),
    units: z.enum(['bytes', 'steps']).nullable(),
  }),
]);
export type Progress = z.infer<typeof progress>;

export const phase = z.object({ name: z.string().max(200), progress });
export type Phase = z.infer<typeof phase>;

export const fullProgress = z.object({ overall: progress, phases: z.array(phase).max(64) });
export type FullProgress = z.infer<typeof fullProgress>;
