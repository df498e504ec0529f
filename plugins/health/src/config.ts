import { z } from 'zod';

const share = z.number().min(0).max(1);
const milliseconds = z.number().int().min(0);

const threshold = (what: string, red: number, green: number) =>
  z
    .object({
      red: share.default(red).describe(`Part of the ${what} that must be free; below it the check is red.`),
      green: share.default(green).describe(`Part of the ${what} that must be free before the check is green again.`),
    })
    .prefault({})
    .refine((value) => value.red <= value.green, { message: 'green must not be below red' });

export const healthConfig = z
  .object({
    intervalMs: milliseconds.min(50).default(60_000).describe('Milliseconds between looks at the machine.'),
    disk: threshold('disk', 0.05, 0.08),
    memory: threshold('memory', 0.05, 0.1),
    // What flaps is not worth a message each time.
    redAfterMs: milliseconds.default(20_000).describe('Milliseconds a check must stay red before it is told.'),
    greenAfterMs: milliseconds.default(20_000).describe('Milliseconds a check must stay green before it is told.'),
  })
  .prefault({});
export type HealthConfig = z.infer<typeof healthConfig>;
