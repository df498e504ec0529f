/** Slice `server`: what this box is called. Slice `boot`: how its last boot went. Owned by the kernel. */
import { z } from 'zod';
import { instant } from './ids.ts';
import type { serviceRef } from './refs.ts';

export const serverSlice = z.object({
  /** Random, fixed at first start. */
  id: z.string(),
  /** What the owner calls it: `Family Server`. Empty until it is set up. */
  name: z.string().max(64),
  /** One DNS label made from the name: `family-server`; reached as `family-server.local`. */
  hostname: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/),
  setUp: z.boolean(),
  version: z.string(),
  startedAt: instant,
});
export type ServerState = z.infer<typeof serverSlice>;

export const bootSlice = z.object({
  mode: z.enum(['starting', 'running', 'diagnostic']),
  plugins: z.array(
    z.object({
      plugin: z.string(),
      about: z.string(),
      phase: z.enum(['setup', 'start', 'ready', 'running']),
      outcome: z.enum(['ok', 'failed', 'skipped']),
      /** Milliseconds. */
      took: z.number(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
});
export type BootState = z.infer<typeof bootSlice>;

/** The machine's own record, for plugins that change it (set-up does). */
export interface Server {
  read(): ServerState;
  /** Names the server and marks it as set up; tells `server.changed`. */
  configure(change: { readonly name: string; readonly setUp?: boolean }): Promise<number>;
}

export type ServerRef = ReturnType<typeof serviceRef<Server>>;
