/** A whole tree of the packager's own making: a tar, or a folder. */
import { stat } from 'node:fs/promises';
import { hashFile, hashFolder } from './content-hash.ts';
import { keyOf, type Plan, type Workshop } from './plan.ts';
import { beneathRecipe } from './recipe.ts';
import { epoch, toSquashfs } from './squash.ts';
import type { Producer } from './tools.ts';

export async function rootfsPlan(path: string, { folder, architecture, context }: Workshop): Promise<Plan> {
  const found = await beneathRecipe(folder, path, architecture);
  const isFolder = (await stat(found)).isDirectory();
  return {
    key: keyOf('rootfs', isFolder ? await hashFolder(found) : await hashFile(found)),
    async build(destination) {
      await toSquashfs(
        isFolder ? tarOf(found, context.signal) : fileAsItIs(found, context.signal),
        destination,
        context,
      );
      return {};
    },
  };
}

/** Owners, modes and times as the tar has them; tar2sqfs reads compressed ones too. */
function fileAsItIs(file: string, signal: AbortSignal | undefined): Producer {
  return { tool: 'cat', args: [file], options: { package: 'coreutils', signal } };
}

/** Everything root's, and of one time: who unpacked the folder, and when, is not part of it. */
export function tarOf(folder: string, signal: AbortSignal | undefined): Producer {
  const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${epoch}`, '--format=posix'];
  const headers = '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime';
  return { tool: 'tar', args: ['-c', ...same, headers, '-C', folder, '.'], options: { package: 'tar', signal } };
}
