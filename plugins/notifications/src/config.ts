import { z } from 'zod';

export const notificationsConfig = z
  .object({
    /** How many are kept; beyond that the oldest go, seen ones first. */
    keep: z.number().int().min(1).max(10_000).default(500),
    /** How many of one service are kept: a talkative one does not drive out the others. */
    keepPerService: z.number().int().min(1).max(10_000).default(50),
  })
  .prefault({});
export type NotificationsConfig = z.infer<typeof notificationsConfig>;
