/** Runs one of the tree's own tools and gives what it said. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export function tool(script: string, ...args: string[]): { code: number; said: string } {
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [resolve(root, 'node_modules', script), ...args],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  if (error !== undefined) throw error;
  return { code: status ?? 1, said: `${stdout}${stderr}` };
}

/** Files git tracks, as paths from the root. */
export function trackedFiles(...patterns: string[]): string[] {
  const { stdout, status } = spawnSync('git', ['ls-files', '-z', '--', ...patterns], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error('Cannot list the tracked files: git failed');
  return stdout.split('\0').filter((file) => file !== '');
}

/** Every room with code in it. */
export const rooms = ['kernel', 'plugins', 'sdk', 'distro', 'spec', 'scripts', 'shell-ui'];

/** What a tool had to say, if it was not content. */
export function complaint(script: string, ...args: string[]): string {
  const { code, said } = tool(script, ...args);
  return code === 0 ? '' : said;
}
