import { instant, packageId } from '@hearth/contract';
import { z } from 'zod';

export const registryUrl = z.string().min(1).max(2048);

export const marketplaceState = z.object({
  /** Those the owner added, by address. */
  registries: z.record(registryUrl, z.object({ name: z.string().max(200), addedAt: instant })),
  /** Newer versions of installed services, by service. */
  updates: z.record(packageId, z.object({ version: z.string(), registry: registryUrl, releaseNotes: z.string() })),
  checkedAt: instant.nullable(),
  /** Registries that could not be read the last time, and why. */
  problems: z.record(registryUrl, z.object({ code: z.string(), message: z.string() })),
});
export type MarketplaceState = z.infer<typeof marketplaceState>;

export const initialState: MarketplaceState = { registries: {}, updates: {}, checkedAt: null, problems: {} };
