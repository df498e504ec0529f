/** A download in pieces: which there are, which are there, and whether what is there is right. */
import type { FileHandle } from 'node:fs/promises';
import { Blake3 } from '#blake3';
import { errors } from '../errors.ts';
import { sameBytes } from '../format/bytes.ts';
import type { Layout, PlacedFile } from '../write.ts';

/** What is fetched, remembered and fetched again at once. */
export const segmentBytes = 4 << 20;
/** Bytes nobody wants that are cheaper to receive than another request. */
const gapBytes = 64 << 10;
const pieceBytes = 1 << 20;

export interface Segment {
  readonly file: FileProof;
  /** Where it is in the archive that is downloaded, and in the one that is made. */
  readonly from: number;
  readonly to: number;
  readonly length: number;
  done: boolean;
  /** From an earlier run: nobody has looked at it since. */
  resumed: boolean;
}

/** A stretch of the remote archive, holding segments in ascending order. */
export interface Stretch {
  readonly start: number;
  end: number;
  readonly segments: Segment[];
}

/** One file: its segments, proved in order as soon as they are there. */
export class FileProof {
  readonly placed: PlacedFile;
  readonly segments: Segment[] = [];
  proved = false;
  readonly #part: FileHandle;
  #hash = new Blake3();
  #next = 0;
  #busy = false;
  #buffer: Buffer | null = null;

  constructor(placed: PlacedFile, part: FileHandle) {
    this.placed = placed;
    this.#part = part;
    const { draft, position } = placed;
    for (let at = 0; at < draft.size; at += segmentBytes) {
      const length = Math.min(segmentBytes, draft.size - at);
      this.segments.push({
        file: this,
        from: (draft.from ?? 0) + at,
        to: position + at,
        length,
        done: false,
        resumed: false,
      });
    }
  }

  /**
   * Hashes what has become contiguous. Called whenever a segment was completed; several calls at once are one.
   * @throws s9pk.hashMismatch; bytes kept from an earlier run get a second chance instead: they become undone
   */
  async advance(): Promise<void> {
    if (this.#busy || this.proved) return;
    this.#busy = true;
    try {
      for (let segment = this.segments[this.#next]; segment?.done === true; segment = this.segments[this.#next]) {
        await this.#feed(segment);
        this.#next += 1;
      }
    } finally {
      this.#busy = false;
    }
    if (this.#next === this.segments.length) this.#finish();
  }

  /** Takes it for proved: its bytes came from here and were hashed on the way. */
  accept(): void {
    for (const segment of this.segments) segment.done = true;
    this.#next = this.segments.length;
    this.proved = true;
  }

  #finish(): void {
    const { draft, path } = this.placed;
    const right = draft.hash !== null && sameBytes(this.#hash.digest(), draft.hash);
    this.#hash = new Blake3();
    this.#buffer = null;
    if (right) {
      this.proved = true;
      return;
    }
    if (!this.segments.some((segment) => segment.resumed)) throw errors.hashMismatch({ path });
    // A power cut can leave a file whose record ran ahead of its bytes.
    this.#next = 0;
    for (const segment of this.segments) Object.assign(segment, { done: false, resumed: false });
  }

  async #feed(segment: Segment): Promise<void> {
    this.#buffer ??= Buffer.allocUnsafeSlow(Math.min(pieceBytes, this.placed.draft.size));
    for (let at = 0; at < segment.length; ) {
      const wanted = Math.min(this.#buffer.length, segment.length - at);
      const { bytesRead } = await this.#part.read(this.#buffer, 0, wanted, segment.to + at);
      if (bytesRead === 0) throw errors.sourceUnreadable({ reason: 'the half-made file was cut' });
      this.#hash.update(this.#buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  }
}

export function proofsOf(layout: Layout, part: FileHandle): FileProof[] {
  return layout.files.map((placed) => new FileProof(placed, part));
}

/** Joins what is still wanted into few requests, in the order it lies there. */
export function stretchesOf(files: readonly FileProof[]): Stretch[] {
  const wanted = files.flatMap((file) => file.segments.filter((segment) => !segment.done));
  wanted.sort((a, b) => a.from - b.from);
  const stretches: Stretch[] = [];
  for (const segment of wanted) {
    const last = stretches.at(-1);
    const end = segment.from + segment.length;
    if (last !== undefined && segment.from - last.end <= gapBytes && end - last.start <= segmentBytes) {
      last.segments.push(segment);
      last.end = end;
    } else {
      stretches.push({ start: segment.from, end, segments: [segment] });
    }
  }
  return stretches;
}
