import { z } from 'zod';

export const marketplaceConfig = z
  .object({
    /** Where built images are kept; a folder of the plugin's own unless told. */
    cache: z.string().startsWith('/').nullable().default(null),
    /** Minutes between looks for updates. */
    refreshMinutes: z.number().int().min(1).max(10_080).default(360),
  })
  .prefault({});
export type MarketplaceConfig = z.infer<typeof marketplaceConfig>;
