/** What Node is told for the kernel (spec/bench/kernel.md has the figures; the unit of the boot image says the same). */
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * A young generation that grows to 48 MB, as Node's does unless told, is for programs that make garbage all day. And no
 * source maps: reading them takes 50 MB, and the bundle keeps the names of its functions.
 */
export const kernelFlags: readonly string[] = ['--max-semi-space-size=2'];

const cacheFolder = 'compile-cache';

/** Compiled code of the last start of this release: half of the time a start takes, and a tenth of the memory. */
export function kernelEnvironment(data: string, release: string): Readonly<Record<string, string>> {
  return { NODE_COMPILE_CACHE: join(data, 'kernel', cacheFolder, basename(release)) };
}

/** Drops what other releases left beside the one in use. */
export async function sweepCompileCache(inUse: string | undefined): Promise<void> {
  if (inUse === undefined || basename(dirname(inUse)) !== cacheFolder) return;
  for (const name of await readdir(dirname(inUse)).catch(() => []))
    if (name !== basename(inUse)) await rm(join(dirname(inUse), name), { recursive: true, force: true });
}
