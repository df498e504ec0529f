import { z } from 'zod';

export const marketplaceConfig = z
  .object({
    cache: z
      .string()
      .startsWith('/')
      .nullable()
      .default(null)
      .describe("Where built images are kept; a folder of the plugin's own unless told"),
    registries: z
      .array(z.string().min(1).max(2048))
      .max(16)
      .default([])
      .describe('Registries that are always there, before the catalog: a boot image names the folder it carries'),
    refreshMinutes: z.number().int().min(1).max(10_080).default(360).describe('Minutes between looks for updates'),
  })
  .prefault({});
export type MarketplaceConfig = z.infer<typeof marketplaceConfig>;
