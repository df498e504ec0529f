import { z } from 'zod';

export const accountsConfig = z.object({
  idleDays: z.number().min(0.001).max(3650).default(30).describe('Days after which an unused session ends'),
  longestDays: z.number().min(0.001).max(3650).default(365).describe('Days after which every session ends'),
  wrongDelayMs: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(1000)
    .describe('Milliseconds a wrong password takes at least'),
});
export type AccountsConfig = z.output<typeof accountsConfig>;
