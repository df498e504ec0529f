/** The folders the kernel needs before anything else; root may have made them already. */
import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Places } from '@hearth/contract';
import { uploadFolder } from './uploads.ts';

const dayMs = 24 * 60 * 60 * 1000;

export async function prepareFolders(places: Places): Promise<void> {
  for (const folder of [
    join(places.data, 'kernel'),
    join(places.data, 'kernel/snapshots'),
    places.staging,
    uploadFolder(places.staging),
  ]) {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o700);
  }
  await mkdir(dirname(places.kernelSocket), { recursive: true, mode: 0o700 });
  await sweepUploads(uploadFolder(places.staging));
}

/** Uploads that broke off, and those nobody has used for a day; a job that waits still finds its file. */
async function sweepUploads(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (name.endsWith('.part') || Date.now() - mtimeMs > dayMs) await rm(path, { force: true });
  }
}
