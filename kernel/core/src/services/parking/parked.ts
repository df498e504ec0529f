/** What is kept, on disk, of each stopped service without a container: so that every kernel knows what it waits for. */
import type { Log, Slice } from '@hearth/contract';
import { z } from 'zod';
import { watchedVolume } from './files.ts';

export const parkedRow = z.object({
  /** What its script watches, with a digest of what it saw. */
  watches: z.array(z.object({ key: z.string(), seen: z.string() })),
  /** Where files lie that it watches. */
  files: z.array(watchedVolume).default([]),
  /** What its actions would be run with, as far as tasks of others have asked; null where it could not be told. */
  inputs: z.record(z.string(), z.object({ value: z.record(z.string(), z.unknown()).nullable() }).nullable()),
});
export type ParkedRow = z.infer<typeof parkedRow>;

export class Parked {
  readonly #slice: Slice<Record<string, ParkedRow>>;
  readonly #log: Log;

  constructor(slice: Slice<Record<string, ParkedRow>>, log: Log) {
    this.#slice = slice;
    this.#log = log;
  }

  read(service: string): ParkedRow | null {
    return this.#slice.read()[service] ?? null;
  }

  /** Services that watch files there, but for the one that comes to write them. */
  watching(owner: string, volume: string | null, except: string): string[] {
    return Object.entries(this.#slice.read())
      .filter(([service]) => service !== except)
      .filter(([, { files }]) =>
        files.some((each) => each.owner === owner && (volume === null || each.volume === volume)),
      )
      .map(([service]) => service);
  }

  /** Its container is gone. Where this cannot be kept, the next kernel wakes it once: no reason not to lie down. */
  async lay(service: string, row: ParkedRow): Promise<void> {
    try {
      await this.#slice.commit('service.park', (draft) => {
        draft[service] = row;
      });
    } catch (error) {
      this.#log.warn({ err: error, service }, 'What a parked service waits for was not kept');
    }
  }

  /** It is about to be brought up, or is gone: nothing of that holds any more. */
  async rise(service: string): Promise<void> {
    if (this.read(service) === null) return;
    await this.#slice.commit('service.wake', (draft) => {
      delete draft[service];
    });
  }
}
