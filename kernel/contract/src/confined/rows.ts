/** Slice `plugins`, by id: what is installed, what it was allowed, how it runs. Slice `pluginState`: what plugins show. */
import { z } from 'zod';
import { id, instant, packageId } from '../ids.ts';
import { capability } from './capabilities.ts';
import { pluginVersion } from './manifest.ts';

export const pluginRow = z.object({
  id: packageId,
  title: z.string(),
  version: pluginVersion,
  about: z.string(),
  author: z.string().nullable(),
  /** Hex of the Ed25519 key that signed it: only that key can update it. */
  signer: z.string(),
  /** Hex; names its folder. */
  rootSighash: z.string(),
  installedAt: instant,
  /** What the owner wants. */
  enabled: z.boolean(),
  /** What it asks, and of that what the owner allowed, as it was when he did. */
  asked: z.array(capability),
  granted: z.array(capability),
  panel: z.object({ title: z.string(), file: z.string() }).nullable(),
  methods: z.array(z.object({ name: z.string(), about: z.string(), allow: z.enum(['viewer', 'admin', 'owner']) })),
});
export type PluginRow = z.infer<typeof pluginRow>;
export const pluginsSlice = z.record(packageId, pluginRow);

/** Volatile slice `pluginStatus`, by id. */
export const pluginStatus = z.object({
  /** `waiting`: it needs a grant. `backing-off`: it ended by itself and is started again. */
  state: z.enum(['off', 'waiting', 'starting', 'running', 'backing-off', 'failed']),
  reason: z.string().max(500),
  since: instant,
  /** Ends it did not mean, in a row. */
  crashes: z.number().int().nonnegative(),
  checks: z.record(
    id,
    z.object({
      name: z.string(),
      result: z.enum(['success', 'failure', 'starting', 'disabled']),
      message: z.string().nullable(),
      since: instant,
    }),
  ),
});
export type PluginStatus = z.infer<typeof pluginStatus>;
export const pluginStatusSlice = z.record(packageId, pluginStatus);

/** By plugin; each row by the shape its manifest gives. */
export const pluginStateSlice = z.record(packageId, z.record(z.string(), z.unknown()));
