import { z } from 'zod';

export const marketplaceConfig = z
  .object({
    cache: z
      .string()
      .startsWith('/')
      .nullable()
      .default(null)
      .describe("Where built images are kept; a folder of the plugin's own unless told"),
    refreshMinutes: z.number().int().min(1).max(10_080).default(360).describe('Minutes between looks for updates'),
  })
  .prefault({});
export type MarketplaceConfig = z.infer<typeof marketplaceConfig>;
