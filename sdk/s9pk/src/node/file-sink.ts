/** Writes a file that appears whole and proved, or not at all. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sink } from '../write.ts';

/** @param sync wait until it is safe on disk; true unless told */
export async function writeWhole<T>(
  destination: string,
  make: (sink: Sink) => Promise<T>,
  options: { readonly sync?: boolean; readonly mode?: number } = {},
): Promise<T> {
  const temporary = temporaryBeside(destination);
  const file = await open(temporary, 'wx', options.mode ?? 0o644);
  try {
    let result: T;
    try {
      result = await make(new FileSink(file));
      if (options.sync !== false) await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, destination);
    if (options.sync !== false) await syncFolder(dirname(destination));
    return result;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A name in the same folder, so that a rename suffices; not made from the destination's, which may be as long as names can be. */
export function temporaryBeside(destination: string): string {
  return join(dirname(destination), `.${randomBytes(8).toString('hex')}.part`);
}

/** Makes a rename last. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export class FileSink implements Sink {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, position + at);
      at += bytesWritten;
    }
  }
}
