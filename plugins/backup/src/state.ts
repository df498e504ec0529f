import { backupKindFacts, backupKindId, id, instant, packageId } from '@hearth/contract';
import { z } from 'zod';

/** How it went with one service. */
export const serviceOutcome = z.object({
  /** Null if it went well. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Null if there is none. */
  snapshot: z.string().nullable(),
  /** Bytes that were new to the target, and bytes looked at. */
  added: z.number(),
  processed: z.number(),
  /** Milliseconds. */
  took: z.number(),
});
export type ServiceOutcome = z.infer<typeof serviceOutcome>;

export const backupRun = z.object({
  job: z.string(),
  /** When it ended, or began while it runs. */
  at: instant,
  outcome: z.enum(['running', 'succeeded', 'partly', 'failed', 'cancelled']),
  message: z.string().nullable(),
  services: z.record(packageId, serviceOutcome),
});
export type BackupRun = z.infer<typeof backupRun>;

/** What was filled into a form, or the part of it that may be seen. */
export const settings = z.record(
  z.string().max(64),
  z.union([z.string().max(4000), z.number(), z.boolean(), z.null()]),
);

export const backupTarget = z.object({
  id,
  name: z.string(),
  /** `folder`, or a kind that a plugin brings. */
  kind: backupKindId,
  /** Of a folder. */
  path: z.string().optional(),
  /** Of any other kind, without its secrets. */
  settings: settings.optional(),
  addedAt: instant,
  lastRun: backupRun.nullable(),
});
export type BackupTarget = z.infer<typeof backupTarget>;
export type PluginTarget = Pick<BackupTarget, 'id' | 'name' | 'kind' | 'settings'>;

export const backupKind = backupKindFacts.extend({
  /** Why it is not to be had now, in words that go after "because"; null while it is. */
  unavailable: z.string().max(600).nullable(),
});
export type BackupKind = z.infer<typeof backupKind>;

export const backupState = z.object({
  targets: z.record(id, backupTarget),
  /** Those that plugins bring. */
  kinds: z.record(backupKindId, backupKind).optional(),
});
export type BackupState = z.infer<typeof backupState>;
export const initialState: BackupState = { targets: {} };

export const backupSecret = z.object({
  passwords: z.record(id, z.string()),
  /** Of targets that plugins bring: what their forms take for secret. */
  settings: z.record(id, settings).optional(),
});
export type BackupSecret = z.infer<typeof backupSecret>;
export const initialSecret: BackupSecret = { passwords: {} };
