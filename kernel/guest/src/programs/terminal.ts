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

/** Of a process, the name under which its terminal can be opened from here, whatever devpts it lives on. */
function terminalOf(pid: number): string | null {
  const folder = `/proc/${pid}/fd`;
  try {
    const name = readdirSync(folder).find((fd) =>
      /^\/dev\/(?:pts\/\d+|console)$/.test(readlinkSync(`${folder}/${fd}`)),
    );
    return name === undefined ? null : `${folder}/${name}`;
  } catch {
    return null;
  }
}

/**
 * Whoever sits on the terminal is told by a signal; nothing happens where the size is that already.
 * @param pids of `script` and of the program: not every crun passes on what happens to the terminal it was started on
 */
export async function resizeTerminal(pids: readonly (number | null)[], { rows, columns }: TerminalSize): Promise<void> {
  for (const pid of pids) {
    const path = pid === null ? null : terminalOf(pid);
    // A program that has just ended has no terminal any more.
    const size = ['rows', String(rows), 'cols', String(columns)];
    if (path !== null) await run('stty', ['-F', path, ...size]).catch(() => undefined);
  }
}
