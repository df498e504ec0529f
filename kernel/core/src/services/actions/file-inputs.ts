/**
 * Files in the input of an action: what the owner uploaded is laid where the script can read it, for as long as the
 * action runs. A package finds what StartOS gives it: a path and what the file is, by its hash.
 */
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { guestPaths, type Places } from '@hearth/contract';
import { Blake3 } from '@hearth/s9pk/node';
import { z } from 'zod';
import { uploadId, uploadPath } from '../../uploads.ts';
import { errors } from '../errors.ts';

/** Of one file, in bytes: it lies in memory while the action runs. */
export const largestFile = 64 * 1024 * 1024;
const maximumDepth = 32;

/** What the owner's side puts into a field of kind `file`. */
const uploaded = z.object({ upload: uploadId, name: z.string().max(1024).default('') });

export interface PlacedFiles {
  /** The input with the files in it as the script finds them. */
  readonly input: unknown;
  /** Takes them away again, and the uploads with them. */
  clear(): Promise<void>;
}

/** @throws services.uploadMissing, services.fileTooLarge */
export async function placeFiles(places: Places, service: string, input: unknown): Promise<PlacedFiles> {
  const folder = join(places.run, 'rpc', service, 'files');
  const placed: string[] = [];
  const clear = async (): Promise<void> => {
    for (const path of placed) await rm(path, { force: true });
  };
  const place = async ({ upload, name }: z.infer<typeof uploaded>): Promise<object> => {
    const source = uploadPath(places.staging, upload);
    const { size } = await stat(source).catch((error: unknown) => {
      throw errors.uploadMissing({ upload }, error);
    });
    placed.push(source);
    if (size > largestFile) throw errors.fileTooLarge({ service, size, limit: largestFile });
    const file = `${upload}${extensionOf(name)}`;
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const target = join(folder, file);
    placed.push(target);
    await copyFile(source, target);
    await chmod(target, 0o644);
    return { path: `${guestPaths.rpc}/files/${file}`, commitment: { hash: await hashOf(target), size } };
  };
  const walk = async (value: unknown, depth: number): Promise<unknown> => {
    if (depth > maximumDepth || typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return Promise.all(value.map((each) => walk(each, depth + 1)));
    const asked = uploaded.safeParse(value);
    if (asked.success) return place(asked.data);
    const entries = Object.entries(value).map(async ([key, inner]) => [key, await walk(inner, depth + 1)]);
    return Object.fromEntries(await Promise.all(entries)) as object;
  };
  try {
    return { input: await walk(input, 0), clear };
  } catch (error) {
    await clear();
    throw error;
  }
}

/** Of the owner's own name for it, as far as it is a plain one: scripts and programs look at it. */
function extensionOf(name: string): string {
  const extension = extname(name).toLowerCase();
  return /^\.[a-z0-9]{1,12}$/.test(extension) ? extension : '';
}

/** BLAKE3, in base64, as packages for StartOS expect it. */
async function hashOf(path: string): Promise<string> {
  const hash = new Blake3();
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return Buffer.from(hash.digest()).toString('base64');
}
