/**
 * The manifest of a package, as it stands in `manifest.json` of an S9PK (version 2).
 *
 * Unknown keys are ignored: packages made for newer systems still open. Keys older packages carry (`alerts`,
 * `nestedRuntime`) are ignored too. Never serialise a parsed manifest where bytes are hashed.
 */
import { z } from 'zod';
import { id, imageId, packageId, volumeId } from './ids.ts';

/** One text, or one per locale (`en_US`): `Localised`. */
export const localised = z.union([z.string(), z.record(z.string(), z.string())]);

const url = z.string().max(2048);

export const deviceFilter = z.object({
  description: z.string().default(''),
  class: z.enum(['processor', 'display']),
  product: z.string().nullable().default(null),
  vendor: z.string().nullable().default(null),
  capabilities: z.array(z.string()).optional(),
  driver: z.string().optional(),
});

export const hardwareRequirements = z.object({
  device: z.array(deviceFilter).default([]),
  /** Bytes. */
  ram: z.number().int().nonnegative().nullable().default(null),
  arch: z.array(z.string()).nullable().default(null),
});

export const imageConfig = z.object({
  source: z.unknown(),
  arch: z.array(z.string()).default([]),
  emulateMissingAs: z.string().nullable().default(null),
  nvidiaContainer: z.boolean().default(false),
});

/** What the package itself bounds; the owner's word counts more. Not part of StartOS's manifest. */
export const manifestLimits = z.object({
  /** Bytes. */
  memory: z
    .number()
    .int()
    .min(64 * 1024 * 1024)
    .optional(),
  cpuWeight: z.number().int().min(1).max(10000).optional(),
  pids: z.number().int().min(64).max(1_000_000).optional(),
  ioWeight: z.number().int().min(1).max(10000).optional(),
  /** Bytes of all its volumes together. */
  disk: z
    .number()
    .int()
    .min(16 * 1024 * 1024)
    .optional(),
});

export const manifest = z.object({
  id: packageId,
  version: z.string().max(256),
  canMigrateTo: z.string().max(4096),
  canMigrateFrom: z.string().max(4096),
  title: z.string().max(200),
  description: z.object({ short: localised, long: localised }),
  releaseNotes: localised,
  gitHash: z.string().nullable().default(null),
  license: z.string().max(200),
  packageRepo: url.default('https://example.com/'),
  upstreamRepo: url,
  marketingUrl: url.nullable().default(null),
  donationUrl: url.nullable().default(null),
  osVersion: z.string().max(256).nullable().default(null),
  sdkVersion: z.string().max(256).nullable().default(null),
  hardwareAcceleration: z.boolean().default(false),
  userspaceFilesystems: z.boolean().default(false),
  virtualNetworking: z.boolean().default(false),
  plugins: z.array(z.string()).default([]),
  satisfies: z.array(z.string()).default([]),
  images: z.record(imageId, imageConfig),
  volumes: z.array(volumeId).max(64),
  dependencies: z
    .record(id, z.object({ description: localised.nullable().default(null), optional: z.boolean().default(false) }))
    .default({}),
  hardwareRequirements: hardwareRequirements.default({ device: [], ram: null, arch: null }),
  limits: manifestLimits.optional(),
  /** Not part of StartOS's: its script goes on also while the service is stopped. */
  neverParked: z.boolean().optional(),
});
export type Manifest = z.infer<typeof manifest>;
