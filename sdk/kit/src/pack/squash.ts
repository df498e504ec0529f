/** A folder as squashfs, the same bytes for the same files: owner root, plain modes, one time stamp. */
import { chmod, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackContext } from './events.ts';
import { feed, pipe, type Producer, run } from './tools.ts';

/** Every file is at most this old, so that the same packages give the same bytes. 2025-01-01. */
export const epoch = 1_735_689_600;

/** A tar, told by a program or piece by piece, as squashfs: owners, modes and times as it has them. It is there when it is whole. */
export async function toSquashfs(
  tar: Producer | AsyncIterable<Buffer>,
  destination: string,
  { signal, log }: PackContext,
): Promise<void> {
  const unfinished = `${destination}.${process.pid}.part`;
  const consumer = {
    tool: 'tar2sqfs',
    args: ['-q', '-f', '-c', 'zstd', '-X', 'level=9', '-j', '2', unfinished],
    options: { package: 'squashfs-tools-ng', env: { SOURCE_DATE_EPOCH: String(epoch) }, signal, onLine: log },
  };
  try {
    await ('tool' in tar ? pipe(tar, consumer) : feed(tar, consumer));
    await rename(unfinished, destination);
  } finally {
    await rm(unfinished, { force: true });
  }
}

export async function squashFolder(folder: string, destination: string, signal?: AbortSignal): Promise<void> {
  const list = `${destination}.list`;
  const lines = await describe(folder, '');
  await writeFile(list, `${lines.join('\n')}\n`);
  await run('gensquashfs', ['-q', '-f', '-c', 'zstd', '-F', list, '-d', `mtime=${epoch}`, destination], {
    package: 'squashfs-tools-ng',
    env: { SOURCE_DATE_EPOCH: String(epoch) },
    signal,
  });
  await chmod(destination, 0o644);
}

async function describe(folder: string, below: string): Promise<string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(join(folder, below))).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const found = await stat(join(folder, path));
    if (found.isDirectory()) lines.push(`dir ${quoted(`/${path}`)} 0755 0 0`, ...(await describe(folder, path)));
    else lines.push(`file ${quoted(`/${path}`)} ${found.mode & 0o100 ? '0755' : '0644'} 0 0 ${join(folder, path)}`);
  }
  return lines;
}

const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, '\\$&')}"`;
