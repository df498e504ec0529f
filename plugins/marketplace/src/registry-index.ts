/**
 * A registry is a folder of plain files that any web server, CDN or disk can serve: `index.json`, and the archives it
 * names. README.md beside describes it for publishers. Unknown keys are ignored.
 */
import { localised, packageId } from '@hearth/contract';
import { z } from 'zod';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

export const commitment = z.object({ rootSighash: hex(32), rootMaxsize: z.number().int().positive() });

export const registryArchive = z.object({
  /** Absolute, or relative to `index.json`; mirrors in the order they are tried. */
  urls: z.array(z.string().min(1).max(2048)).min(1).max(16),
  /** Bytes. */
  size: z.number().int().positive(),
  arch: z.array(z.string().max(32)).min(1),
  commitment,
  /** Hex of an Ed25519 key -> hex of its signature over the commitment (context `s9pk`). The archive's own is among them. */
  signatures: z.record(hex(32), hex(64)),
});
export type RegistryArchive = z.infer<typeof registryArchive>;

export const registryVersion = z.object({
  releaseNotes: localised,
  /** Milliseconds since 1970. */
  publishedAt: z.number().int().nonnegative().nullable().default(null),
  archives: z.array(registryArchive).min(1).max(16),
});

const text = z.string().max(2048);

export const registryPackage = z.object({
  title: z.string().max(200),
  description: z.object({ short: localised, long: localised }),
  license: z.string().max(200),
  upstreamRepo: text.nullable().default(null),
  packageRepo: text.nullable().default(null),
  marketingUrl: text.nullable().default(null),
  /** A `data:` address of at most 200 kB. */
  icon: z
    .string()
    .max(200_000)
    .regex(/^data:image\/[a-z+.-]+[;,]/)
    .nullable()
    .default(null),
  categories: z.array(z.string().max(64)).max(32).default([]),
  dependencies: z.record(packageId, z.object({ optional: z.boolean(), description: localised.nullable() })).default({}),
  versions: z.record(z.string().max(256), registryVersion),
});

export const registryIndex = z.object({
  format: z.literal(1),
  name: z.string().min(1).max(200),
  packages: z.record(packageId, registryPackage),
});
export type RegistryIndex = z.infer<typeof registryIndex>;
