/** A folder as squashfs, the same bytes for the same files: owner root, plain modes, one time stamp. */
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { epoch } from './image.ts';
import { run } from './tools.ts';

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
