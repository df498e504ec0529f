/** Squashfs archives as packages carry them, from a folder. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EngineConfig } from '@hearth/contract';

/** Puts `folder` as `<data>/staging/<name>`, as the kernel would have unpacked it; answers `name`. */
export function stageSquashfs(config: Pick<EngineConfig, 'data' | 'user'>, folder: string, name: string): string {
  const target = makeSquashfs(folder, join(config.data, 'staging', name));
  chownSync(target, config.user.uid, config.user.gid);
  chmodSync(target, 0o600);
  return name;
}

/** Writes the folder as a squashfs, with everything as it is; answers `target`. */
export function makeSquashfs(folder: string, target: string): string {
  mkdirSync(dirname(target), { recursive: true });
  const tar = `${target}.tar`;
  const attributes = ['--xattrs', '--xattrs-include=*', '--numeric-owner'];
  execFileSync('tar', ['-C', folder, ...attributes, '-cf', tar, '.']);
  const input = openSync(tar, 'r');
  try {
    execFileSync('tar2sqfs', ['-q', '-f', '-c', 'zstd', target], { stdio: [input, 'ignore', 'ignore'] });
  } finally {
    closeSync(input);
    rmSync(tar);
  }
  return target;
}
