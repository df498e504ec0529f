import { z } from 'zod';

const day = 24 * 60 * 60;

export const accountsConfig = z
  .object({
    /** Seconds a session lives without being used. */
    idleSeconds: z
      .number()
      .int()
      .min(60)
      .default(30 * day),
    /** Seconds a session lives at most. */
    lifeSeconds: z
      .number()
      .int()
      .min(60)
      .default(180 * day),
    /** Wrong passwords of one client before it has to wait. */
    freeAttempts: z.number().int().min(1).default(5),
    /** Seconds a client waits at most. */
    longestWait: z.number().int().min(1).default(900),
  })
  .prefault({});
export type AccountsConfig = z.infer<typeof accountsConfig>;
