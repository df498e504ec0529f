/** Brings the segments of a download in: a few requests at once, again after failures, each byte proved in the end. */
import { setTimeout as pause } from 'node:timers/promises';
import { Blake3 } from '#blake3';
import { HearthError } from '@hearth/contract';
import { errors } from '../errors.ts';
import { sameBytes } from '../format/bytes.ts';
import type { Source } from '../sources/source.ts';
import type { DownloadOptions } from './download.ts';
import type { DownloadPart } from './download-part.ts';
import { FileSink } from './file-sink.ts';
import type { Held } from './held.ts';
import { stretchesOf } from './segments.ts';
import type { FileProof, Stretch } from './segments.ts';

export class Fetching {
  /** Bytes that came over the network. */
  fetched = 0;
  /** Bytes that were held. */
  reused = 0;
  readonly #source: Source;
  readonly #part: DownloadPart;
  readonly #sink: FileSink;
  readonly #files: readonly FileProof[];
  readonly #options: DownloadOptions;
  readonly #total: number;
  /** Failures since the last byte. */
  #failures = 0;
  /** Bytes in their place, of whole segments and of those that are under way. */
  #there = 0;

  constructor(source: Source, part: DownloadPart, files: readonly FileProof[], options: DownloadOptions) {
    this.#source = source;
    this.#part = part;
    this.#sink = new FileSink(part.file);
    this.#files = files;
    this.#options = options;
    this.#total = files.reduce((sum, file) => sum + file.placed.draft.size, 0);
  }

  /** Copies what is held into its place, proving it on the way. What turns out to be something else is downloaded. */
  async reuse(held: Held | null): Promise<void> {
    this.#recount();
    for (const file of this.#files) {
      const { draft, position } = file.placed;
      if (file.segments.length === 0 || file.segments.every((segment) => segment.done) || draft.hash === null) continue;
      const content = held?.find(draft.hash, draft.size) ?? null;
      if (content === null) continue;
      const hash = new Blake3();
      let at = 0;
      try {
        for await (const piece of content.stream(this.#options.signal)) {
          if (at + piece.length > draft.size) break;
          await this.#sink.write(position + at, piece);
          hash.update(piece);
          at += piece.length;
        }
      } catch {
        // Whatever is wrong with a copy held here, the server has another.
        this.#options.signal?.throwIfAborted();
        continue;
      }
      if (at !== draft.size || !sameBytes(hash.digest(), draft.hash)) continue;
      file.accept();
      this.reused += draft.size;
      this.#recount();
    }
  }

  /** Until every file is proved. */
  async run(): Promise<void> {
    for (;;) {
      const stretches = stretchesOf(this.#files);
      await this.#together(stretches);
      for (const file of this.#files) await file.advance();
      this.#recount();
      if (this.#files.every((file) => file.proved)) return;
    }
  }

  async #together(queue: Stretch[]): Promise<void> {
    const stop = new AbortController();
    const { signal } = this.#options;
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    let refusal: { error: unknown } | null = null;
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await this.#persist(next, either);
    };
    const lanes = Array.from({ length: Math.min(this.#options.parallel ?? 4, queue.length) }, async () => {
      try {
        await lane();
      } catch (error) {
        refusal ??= { error };
        stop.abort();
      }
    });
    await Promise.all(lanes);
    signal?.throwIfAborted();
    const told = refusal as { error: unknown } | null;
    if (told !== null) throw told.error;
  }

  /** Fetches a stretch, again if need be, until all its segments are done. */
  async #persist(stretch: Stretch, signal: AbortSignal): Promise<void> {
    let rest: Stretch = stretch;
    for (;;) {
      try {
        await this.#fetch(rest, signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!HearthError.is(error) || error.kind !== 'UNAVAILABLE' || error.code === 's9pk.sourceChanged') throw error;
        this.#failures += 1;
        if (this.#failures >= (this.#options.attempts ?? 5)) throw error;
        await pause((this.#options.pauseMs ?? 500) * 2 ** (this.#failures - 1), undefined, { signal });
      }
      const segments = rest.segments.filter((segment) => !segment.done);
      const [first] = segments;
      if (first === undefined) return;
      rest = { start: first.from, end: rest.end, segments };
    }
  }

  async #fetch(stretch: Stretch, signal: AbortSignal): Promise<void> {
    const waiting = [...stretch.segments];
    let at = stretch.start;
    let within = 0;
    try {
      for await (const piece of this.#source.stream(stretch.start, stretch.end - stretch.start, signal)) {
        this.#failures = 0;
        let rest = piece;
        while (rest.length > 0) {
          const [segment] = waiting;
          if (segment === undefined) break;
          const skip = Math.min(rest.length, segment.from + within - at);
          const part = rest.subarray(skip, skip + segment.length - within);
          await this.#sink.write(segment.to + within, part);
          at += skip + part.length;
          within += part.length;
          this.#there += part.length;
          this.fetched += part.length;
          rest = rest.subarray(skip + part.length);
          if (within < segment.length) continue;
          waiting.shift();
          segment.done = true;
          within = 0;
          await segment.file.advance();
        }
        this.#report();
        await this.#part.record();
      }
    } finally {
      // What came of a segment that was not completed comes again.
      this.#there -= within;
    }
    if (waiting.length > 0) throw errors.sourceUnreadable({ reason: 'the connection ended early' });
  }

  /** What is there, told apart from what was there before a file turned out to be wrong. */
  #recount(): void {
    const segments = this.#files.flatMap((file) => file.segments);
    this.#there = segments.reduce((sum, segment) => sum + (segment.done ? segment.length : 0), 0);
    this.#report();
  }

  #report(): void {
    this.#options.progress?.(this.#there, this.#total);
  }
}
