import { id, instant, packageId } from '@hearth/contract';
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

export const backupTarget = z.object({
  id,
  name: z.string(),
  kind: z.literal('folder'),
  path: z.string(),
  addedAt: instant,
  lastRun: backupRun.nullable(),
});
export type BackupTarget = z.infer<typeof backupTarget>;

export const backupState = z.object({ targets: z.record(id, backupTarget) });
export type BackupState = z.infer<typeof backupState>;
export const initialState: BackupState = { targets: {} };

export const backupSecret = z.object({ passwords: z.record(id, z.string()) });
export type BackupSecret = z.infer<typeof backupSecret>;
export const initialSecret: BackupSecret = { passwords: {} };
