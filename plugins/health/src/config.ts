import { z } from 'zod';

const share = z.number().min(0).max(1);
/** Parts of the whole that are free: red below the one, green again only above the other. */
const threshold = (red: number, green: number) =>
  z
    .object({ red: share.default(red), green: share.default(green) })
    .prefault({})
    .refine((value) => value.red <= value.green, { message: 'green must not be below red' });

export const healthConfig = z
  .object({
    /** Milliseconds between looks at the machine. */
    intervalMs: z.number().int().min(50).default(60_000),
    disk: threshold(0.05, 0.08),
    memory: threshold(0.05, 0.1),
    /** A check must stay red, or green, this long before the owner is told: what flaps is not worth a message each. */
    redAfterMs: z.number().int().min(0).default(20_000),
    greenAfterMs: z.number().int().min(0).default(20_000),
  })
  .prefault({});
export type HealthConfig = z.infer<typeof healthConfig>;
