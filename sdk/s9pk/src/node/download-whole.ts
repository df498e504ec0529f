/** Downloads from a server that sends all or nothing: everything to a temporary file, then the wanted part of it. */
import { open, rm } from 'node:fs/promises';
import { errors } from '../errors.ts';
import { concat } from '../format/bytes.ts';
import { headerBytes, parseHeader } from '../format/header.ts';
import { ForwardBody, request } from '../sources/http-body.ts';
import type { Downloaded, DownloadOptions } from './download.ts';
import { FileSink, temporaryBeside } from './file-sink.ts';
import { filterArchive, openFile } from './files.ts';

const maximumBytes = 64 * 2 ** 30;

/** Nothing can be resumed here, so nothing stays after a failure. */
export async function downloadWhole(url: string, destination: string, options: DownloadOptions): Promise<Downloaded> {
  const temporary = temporaryBeside(destination);
  try {
    const fetched = await receive(url, temporary, options);
    const { commitment, architecture, signal } = options;
    const archive = await openFile(temporary, { ...(commitment && { commitment }), ...(signal && { signal }) });
    try {
      const filter = { ...(architecture && { architecture }), ...(signal && { signal }) };
      return { ...(await filterArchive(archive, destination, filter)), fetched, reused: 0 };
    } finally {
      await archive.close();
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

async function receive(url: string, temporary: string, options: DownloadOptions): Promise<number> {
  const limit = options.maximum ?? maximumBytes;
  const answer = await request(url, null, options);
  const body = new ForwardBody(answer);
  try {
    const length = Number(answer.headers.get('content-length') ?? Number.NaN);
    if (length > limit) throw errors.remoteTooLarge({ limit });
    const file = await open(temporary, 'wx', 0o600);
    try {
      const sink = new FileSink(file);
      const head: Uint8Array[] = [];
      let at = 0;
      let trusted = false;
      for await (const piece of body.all()) {
        if (at + piece.length > limit) throw errors.remoteTooLarge({ limit });
        if (!trusted) {
          head.push(piece.slice());
          // An archive by someone else, or none at all, is not worth the rest of the download.
          if (at + piece.length >= headerBytes) {
            parseHeader(concat(head), options.commitment);
            trusted = true;
          }
        }
        await sink.write(at, piece);
        at += piece.length;
        options.progress?.(at, Number.isNaN(length) ? at : length);
      }
      if (!Number.isNaN(length) && at !== length)
        throw errors.sourceUnreadable({ reason: 'the connection ended early', url });
      return at;
    } finally {
      await file.close();
    }
  } finally {
    body.cancel();
  }
}
