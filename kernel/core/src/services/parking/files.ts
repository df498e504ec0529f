/**
 * Files that a script watches. As long as nobody but itself can write them it may lie parked; where another service can, it
 * stays, or is brought back.
 */
import { guestPaths } from '@hearth/contract';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Mounted, Mounts } from './mounts.ts';

export const watchedVolume = z.object({ owner: z.string(), volume: z.string() });
export type WatchedVolume = z.infer<typeof watchedVolume>;

const own = new RegExp(`^${guestPaths.volumes}/([^/]+)(?:/|$)`);

/** The volumes in which the watched paths lie: its own, and what it has mounted of others. */
export function watchedVolumes(service: string, paths: readonly string[], mounts: readonly Mounted[]): WatchedVolume[] {
  const found = new Map<string, WatchedVolume>();
  for (const path of paths) {
    const mount = mounts.find(({ location }) => path === location || path.startsWith(`${location}/`));
    const volume = mount?.volume ?? own.exec(path)?.[1];
    if (volume === undefined) continue;
    const owner = mount?.owner ?? service;
    found.set(`${owner} ${volume}`, { owner, volume });
  }
  return [...found.values()];
}

type Seen = Pick<Context, 'rows'> & { readonly mounts: Pick<Mounts, 'writers'> };

/** Another service that is at work and can write one of them; null where there is none. */
export function writerOf({ rows, mounts }: Seen, service: string, watched: readonly WatchedVolume[]): string | null {
  for (const { owner, volume } of watched)
    for (const other of [owner, ...mounts.writers(owner, volume)]) {
      const actual = rows.read(other)?.status.actual;
      if (other !== service && actual !== undefined && !restStates.has(actual)) return other;
    }
  return null;
}

const restStates: ReadonlySet<string> = new Set(['stopped', 'crashed', 'failed']);
