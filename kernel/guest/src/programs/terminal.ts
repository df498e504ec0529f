/**
 * Terminals for programs. crun asks for one on its own standard input, and Node has none to give: `script`, which is in
 * every Debian, makes one, and passes on what goes in and comes out, and how the program ended.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import type { TerminalSize } from './argv.ts';
import { run } from './run.ts';

/** Words for `sh`, each as it is. */
const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** crun with these arguments on a terminal of its own. */
export function onTerminal(
  args: readonly string[],
  { rows, columns }: TerminalSize,
): { file: string; args: readonly string[] } {
  const command = ['crun', ...args].map(quoted).join(' ');
  const line = `stty rows ${rows} cols ${columns}; exec ${command}`;
  return { file: 'script', args: ['--quiet', '--flush', '--return', '--command', line, '/dev/null'] };
}

/** The terminal that `script` made, among what it holds open. Null while it is not there yet. */
function terminalOf(pid: number): string | null {
  const folder = `/proc/${pid}/fd`;
  try {
    const links = readdirSync(folder).map((name) => readlinkSync(`${folder}/${name}`));
    return links.find((link) => /^\/dev\/pts\/\d+$/.test(link)) ?? null;
  } catch {
    return null;
  }
}

/** @param pid of `script` */
export async function resizeTerminal(pid: number, { rows, columns }: TerminalSize): Promise<void> {
  const path = terminalOf(pid);
  if (path !== null) await run('stty', ['-F', path, 'rows', String(rows), 'cols', String(columns)]);
}
