import { z } from 'zod';

export const backupConfig = z
  .object({
    patienceSeconds: z
      .number()
      .min(1)
      .max(3600)
      .default(60)
      .describe('How long a place of a plugin may go on failing before the backup to it fails, in seconds.'),
  })
  .prefault({});
