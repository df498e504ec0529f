/** Descriptors of folders of ours, for `bind`. */
import { closeSync, constants, openSync } from 'node:fs';

const O_PATH = 0o10000000;

/** Opens a path made by the engine alone, hands its descriptor over, closes it. */
export async function openAndBindTarget<T>(path: string, use: (descriptor: number) => Promise<T>): Promise<T> {
  const descriptor = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    return await use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
