/**
 * The record of a service that lies in its backup beside the archive: what was installed, and where the archive is in
 * the backup. A restore trusts none of it before the archive itself has been verified against it.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { type Places, relativePath, type ServiceRow } from '@hearth/contract';
import { z } from 'zod';
import { errors } from './errors.ts';

const hex = z.string().regex(/^([0-9a-f]{2}){8,64}$/);

export const serviceRecord = z.object({
  format: z.literal(1),
  service: z.string(),
  title: z.string(),
  version: z.string(),
  registry: z.string().nullable(),
  rootSighash: hex,
  rootMaxsize: z.number().int().nonnegative(),
  signer: z.string(),
  /** Relative to the data folder, then and in the backup. */
  archive: relativePath,
  savedAt: z.number(),
});
export type ServiceRecord = z.infer<typeof serviceRecord>;

const largest = 1024 * 1024;

/** Where the record of a service stands, relative to the data folder. `folder` is the plugin's own. */
export function recordPath(places: Places, folder: string, service: string): string {
  return relative(places.data, join(folder, 'records', `${service}.json`));
}

/** Writes the record; answers the files of the backup, relative to the data folder. */
export async function writeRecord(
  places: Places,
  folder: string,
  row: ServiceRow,
  archive: string,
  now: number,
): Promise<readonly string[]> {
  const kept = isAbsolute(archive) ? relative(places.data, archive) : archive;
  const { registry, rootSighash, rootMaxsize, signer } = row.package;
  const { title, version } = row.manifest;
  const record: ServiceRecord = {
    ...{ format: 1, service: row.id, title, version, registry, rootSighash, rootMaxsize, signer },
    ...{ archive: kept, savedAt: now },
  };
  const path = recordPath(places, folder, row.id);
  await mkdir(join(folder, 'records'), { recursive: true, mode: 0o700 });
  await writeFile(join(places.data, path), JSON.stringify(record), { mode: 0o600 });
  return [kept, path];
}

/**
 * Reads a record from what a backup brought back beneath `root`, and finds the archive there.
 * Throws `backup.damaged` for anything that is not as it was written.
 */
export async function readRecord(
  root: string,
  path: string,
  service: string,
): Promise<{ readonly record: ServiceRecord; readonly archive: string }> {
  try {
    const real = await realpath(root);
    const file = await open(await withoutLinks(real, path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      if (size > largest) throw new RangeError('the record is too large');
      const record = serviceRecord.parse(JSON.parse(await file.readFile('utf8')));
      if (record.service !== service) throw new RangeError('the record is of another service');
      const archive = await withoutLinks(real, record.archive);
      if (!(await lstat(archive)).isFile()) throw new RangeError('the archive is no file');
      return { record, archive };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw errors.damaged({ service }, cause);
  }
}

/** What is in a backup was written by us, but it was kept elsewhere: no part of a path may lead out by a link. */
async function withoutLinks(root: string, path: string): Promise<string> {
  const wanted = join(root, path);
  if ((await realpath(wanted)) !== wanted) throw new RangeError('a link is in the way');
  return wanted;
}
