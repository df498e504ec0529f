/** The half-made file of a download and the record of what is in it, so that another process can go on. */
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { blake3 } from '#blake3';
import { fromHex, hex, utf8 } from '../format/bytes.ts';
import type { Commitment } from '../format/header.ts';
import type { Layout } from '../write.ts';
import type { FileProof } from './segments.ts';

const recordMs = 500;
/** More than the record of any archive can need. */
const recordBytes = 16 << 20;

/** Removes what an unfinished download left beside its destination. */
export async function discardDownload(destination: string): Promise<void> {
  for (const path of [partOf(destination), recordOf(destination)]) await rm(path, { force: true });
}

export function partOf(destination: string): string {
  return `${destination}.part`;
}

function recordOf(destination: string): string {
  return `${destination}.part.json`;
}

export class DownloadPart {
  readonly file: FileHandle;
  readonly #destination: string;
  readonly #identity: string;
  #files: readonly FileProof[] = [];
  #recordedAt = 0;
  #recording: Promise<void> | null = null;

  private constructor(file: FileHandle, destination: string, identity: string) {
    this.file = file;
    this.#destination = destination;
    this.#identity = identity;
  }

  /** Opens what is there, or starts. One download per destination at a time: that is the caller's to see to. */
  static async open(destination: string, commitment: Commitment, layout: Layout): Promise<DownloadPart> {
    let file: FileHandle;
    try {
      file = await open(partOf(destination), 'r+');
    } catch {
      file = await open(partOf(destination), 'w+', 0o644);
    }
    await file.truncate(layout.size);
    return new DownloadPart(file, destination, identityOf(commitment, layout));
  }

  /** Marks what an earlier run completed. A record of something else, or none, marks nothing. */
  async restore(files: readonly FileProof[]): Promise<void> {
    this.#files = files;
    const segments = files.flatMap((proof) => proof.segments);
    const marks = await this.#read();
    if (marks?.length !== Math.ceil(segments.length / 8)) return;
    for (const [at, segment] of segments.entries()) {
      const done = ((marks[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
      Object.assign(segment, { done, resumed: done });
    }
  }

  /** Writes the record, not too often. */
  async record(now = false): Promise<void> {
    if (this.#recording !== null) {
      if (!now) return;
      await this.#recording;
    }
    if (!now && performance.now() - this.#recordedAt < recordMs) return;
    this.#recordedAt = performance.now();
    this.#recording = this.#write();
    try {
      await this.#recording;
    } finally {
      this.#recording = null;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  async #write(): Promise<void> {
    const segments = this.#files.flatMap((proof) => proof.segments);
    const marks = new Uint8Array(Math.ceil(segments.length / 8));
    for (const [at, segment] of segments.entries()) {
      if (segment.done) marks[at >> 3] = (marks[at >> 3] ?? 0) | (1 << (at & 7));
    }
    const path = recordOf(this.#destination);
    await writeFile(`${path}.new`, JSON.stringify({ identity: this.#identity, done: hex(marks) }));
    await rename(`${path}.new`, path);
  }

  async #read(): Promise<Uint8Array | null> {
    try {
      const text = await readFile(recordOf(this.#destination), 'utf8');
      if (text.length > recordBytes) return null;
      const { identity, done } = JSON.parse(text) as { identity?: unknown; done?: unknown };
      return identity === this.#identity && typeof done === 'string' ? fromHex(done) : null;
    } catch {
      return null;
    }
  }
}

/** The same archive, and the same part of it in the same places. */
function identityOf(commitment: Commitment, layout: Layout): string {
  const places = layout.files.map(({ path, position, draft }) => [path, position, draft.size]);
  return hex(blake3(utf8(JSON.stringify([commitment, layout.size, places]))));
}
