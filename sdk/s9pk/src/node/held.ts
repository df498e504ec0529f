/** Files this machine holds already: in earlier versions, in other packages. */
import type { Archive } from '../archive.ts';
import type { Content } from '../draft.ts';
import { hex } from '../format/bytes.ts';

export interface Held {
  /** Content said to have this hash (BLAKE3) and size; it is proved when it is used. Null: not held. */
  find(hash: Uint8Array, size: number): Content | null;
}

/** Everything present in opened archives, which must stay open meanwhile. */
export async function heldIn(archives: readonly Archive[]): Promise<Held> {
  const contents = new Map<string, Content>();
  for (const archive of archives) {
    for (const { entry } of await archive.presentFiles()) {
      const stream = (signal?: AbortSignal): AsyncIterable<Uint8Array> =>
        archive.source.stream(entry.position, entry.size, signal);
      contents.set(hex(entry.hash), { size: entry.size, stream });
    }
  }
  return {
    find(hash, size) {
      const content = contents.get(hex(hash));
      return content?.size === size ? content : null;
    },
  };
}
