import { z } from 'zod';

const count = z.number().int().min(1).max(10_000);

export const notificationsConfig = z
  .object({
    keep: count.default(500).describe('How many notifications are kept; beyond that the oldest go, seen ones first.'),
    // A talkative service must not drive out what the others said.
    keepPerService: count.default(50).describe('How many of them one service may have.'),
  })
  .prefault({});
export type NotificationsConfig = z.infer<typeof notificationsConfig>;
