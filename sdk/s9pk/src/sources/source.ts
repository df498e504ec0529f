/** The port to where the bytes of an archive are. */

export interface Source {
  /** Bytes in all. */
  readonly size: number;
  /**
   * Exactly these bytes, in an array of their own.
   * The caller bounds `length` before; it is allocated.
   * @throws s9pk.truncated when they are not all there, s9pk.sourceUnreadable, s9pk.sourceChanged
   */
  read(position: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Exactly these bytes, piece by piece. A piece is valid only until the next one is asked for.
   * @throws as `read`
   */
  stream(position: number, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Releases what it holds; twice is fine. Afterwards it refuses to be read (s9pk.sourceUnreadable). */
  close(): Promise<void>;
}

/** Collects exactly `length` bytes. */
export async function collect(pieces: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const whole = new Uint8Array(length);
  let at = 0;
  for await (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
