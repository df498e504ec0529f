/**
 * Between the kernel and the process of a confined plugin: JSON documents, each after its length in four bytes (big
 * endian). Both ends use this; it needs nothing but the language.
 */

/** Bytes of one document, either way; the first one, with the script, may be larger. */
export const largestFrame = 1024 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A document as it goes out. */
export function frameOf(text: string): Uint8Array {
  const body = encoder.encode(text);
  const frame = new Uint8Array(4 + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, 4);
  return frame;
}

/** Every document that comes, until the stream ends. Throws on one of more than `longest` bytes, before it is held. */
export async function* framesOf(stream: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<string> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  let needed = 4;
  for await (const piece of stream) {
    pieces.push(piece);
    held += piece.length;
    // Joined when a document is whole and not before: a sender of single bytes costs no more than another.
    while (held >= needed) {
      const joined = join(pieces, held);
      const length = new DataView(joined.buffer, joined.byteOffset).getUint32(0);
      if (length > longest) throw new Error(`Cannot take a message of ${length} bytes`);
      const whole = 4 + length <= held;
      if (whole) yield decoder.decode(joined.subarray(4, 4 + length));
      const rest = whole ? joined.subarray(4 + length) : joined;
      pieces = rest.length === 0 ? [] : [rest];
      held = rest.length;
      needed = whole ? 4 : 4 + length;
    }
  }
}

function join(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const joined = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
