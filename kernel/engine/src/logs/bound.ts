/** A guest rotates its own logs; one that does not, or will not, is bounded when its container starts. */
import { constants, fstatSync, ftruncateSync, openSync, closeSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HearthError } from '@hearth/contract';
import type { Machine } from '../host/machine.ts';
import { descriptorPath, useBeneath } from '../system/beneath.ts';

/** A guest keeps two files of 8 MiB for each source. */
const fileLimit = 16 * 1024 * 1024;

/** Empties every log file of a service that has grown beyond its bound. */
export function boundLogs({ layout }: Machine, service: string): void {
  for (const name of useBeneath(layout.logs, service, (folder) => readdirSync(descriptorPath(folder)))) {
    try {
      useBeneath(layout.logs, join(service, name), truncateLarge);
    } catch (cause) {
      // A link or a name with a newline in it: nothing of ours.
      if (!HearthError.is(cause)) throw cause;
    }
  }
}

function truncateLarge(found: number): void {
  const state = fstatSync(found);
  if (!state.isFile() || state.nlink !== 1 || state.size <= fileLimit) return;
  const descriptor = openSync(descriptorPath(found), constants.O_WRONLY);
  try {
    ftruncateSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
