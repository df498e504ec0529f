/** Downloads an archive: only what is wanted of it, in parallel, proved as it comes, resumed after a cut. */
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HearthError } from '@hearth/contract';
import { openArchive } from '../archive.ts';
import type { Archive } from '../archive.ts';
import { errors } from '../errors.ts';
import type { Commitment } from '../format/header.ts';
import { layOutFiltered } from '../rewrite.ts';
import { HttpSource } from '../sources/http.ts';
import type { HttpOptions } from '../sources/http-body.ts';
import { writeFrame } from '../write.ts';
import type { Written } from '../write.ts';
import { DownloadPart, discardDownload, partOf } from './download-part.ts';
import { downloadWhole } from './download-whole.ts';
import { Fetching } from './fetching.ts';
import { FileSink, syncFolder } from './file-sink.ts';
import type { Held } from './held.ts';
import { proofsOf } from './segments.ts';

export interface DownloadOptions extends HttpOptions {
  /** What the archive must be. */
  readonly commitment?: Commitment;
  /** Take the images of this architecture only. Absent: everything the package is listed with. */
  readonly architecture?: string;
  /** Files that need not be downloaded. */
  readonly held?: Held;
  /** Requests at once; 4 unless told. */
  readonly parallel?: number;
  /** Failures in a row, without a byte between them, after which it gives up; 5 unless told. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt, doubled for each further one; 500 unless told. */
  readonly pauseMs?: number;
  /** Bytes a server without ranges may send at most; 64 GiB unless told. */
  readonly maximum?: number;
  /** Bytes of files; what is held or was there from an earlier run counts as done at once. */
  readonly progress?: (done: number, total: number) => void;
}

export interface Downloaded extends Written {
  /** Bytes of files that came over the network, in this run. */
  readonly fetched: number;
  /** Bytes of files that were held. */
  readonly reused: number;
}

/**
 * Ends in an atomic rename: `destination` is whole and proved, or as it was.
 *
 * After a failure to reach the server, or a cancellation, `<destination>.part` and its record stay and the next call
 * goes on from there (`discardDownload` removes them). After a refusal nothing stays.
 *
 * @param urls mirrors, in the order they are tried
 * @throws s9pk.* ; the last one, when several mirrors fail
 */
export async function downloadArchive(
  urls: string | readonly string[],
  destination: string,
  options: DownloadOptions = {},
): Promise<Downloaded> {
  const mirrors = typeof urls === 'string' ? [urls] : urls;
  let last: unknown = errors.sourceUnreadable({ reason: 'no address is known' });
  for (const url of mirrors) {
    try {
      return await fromOne(url, destination, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!HearthError.is(error)) throw error;
      if (error.kind !== 'UNAVAILABLE') await discardDownload(destination);
      last = error;
    }
  }
  throw last;
}

async function fromOne(url: string, destination: string, options: DownloadOptions): Promise<Downloaded> {
  const source = await HttpSource.open(url, options).catch((error: unknown) => {
    // It tells no length, so it cannot be read in parts; all of it at once can.
    if (HearthError.is(error) && error.code === 's9pk.sourceUnreadable' && error.data['lengthless'] === true)
      return null;
    throw error;
  });
  if (source === null) return downloadWhole(url, destination, options);
  try {
    if (!source.ranged) return await downloadWhole(url, destination, options);
    const { commitment, signal } = options;
    const archive = await openArchive(source, { ...(commitment && { commitment }), ...(signal && { signal }) });
    return await inParts(archive, destination, options);
  } finally {
    await source.close();
  }
}

async function inParts(archive: Archive, destination: string, options: DownloadOptions): Promise<Downloaded> {
  const { architecture, signal } = options;
  const layout = await layOutFiltered(archive, { ...(architecture && { architecture }), ...(signal && { signal }) });
  const part = await DownloadPart.open(destination, archive.commitment, layout);
  try {
    const files = proofsOf(layout, part.file);
    await part.restore(files);
    const fetching = new Fetching(archive.source, part, files, options);
    await fetching.reuse(options.held ?? null);
    try {
      await fetching.run();
    } finally {
      await part.record(true);
    }
    await writeFrame(layout, { signed: archive.header }, new FileSink(part.file));
    await part.file.datasync();
    const { fetched, reused } = fetching;
    await rename(partOf(destination), destination);
    await discardDownload(destination);
    await syncFolder(dirname(destination));
    return { commitment: archive.commitment, size: layout.size, fetched, reused };
  } finally {
    await part.close();
  }
}
