/** Says who holds a port, where that can be known, before anything is started. */
import { readFile } from 'node:fs/promises';
import { Refusal } from './refusal.ts';
import { attempt } from './run.ts';

/** `ours` are pid files of programs that may rightly hold the port (the reverse proxy of an earlier start). */
export async function checkPort(port: number, flag: string, ours: readonly string[]): Promise<void> {
  const { stdout } = await attempt('ss', ['-ltnpH', `sport = :${port}`]);
  const line = stdout.split('\n').find((text) => text.trim() !== '');
  if (line === undefined) return;
  const pids = await Promise.all(ours.map((file) => readFile(file, 'utf8').catch(() => '')));
  const known = new Set(pids.map((text) => text.trim()).filter((text) => text !== ''));
  const holders = [...line.matchAll(/\("([^"]+)",pid=(\d+)/g)].map(([, name = '', pid = '']) => ({ name, pid }));
  for (const { pid } of holders) if (known.has(pid) || known.has(await sessionOf(pid))) return;
  const holder = holders[0];
  throw new Refusal(
    `Port ${port} is taken${holder === undefined ? '' : ` by ${holder.name} (process ${holder.pid})`}; ` +
      `stop it, or choose another with: npm start -- ${flag} N`,
  );
}

/** The workers of a killed proxy hold its ports and are in its session still. */
async function sessionOf(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3] ?? '';
}
