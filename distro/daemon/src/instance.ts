/** Whether Hearth already runs here, and waiting for what an earlier, killed start left to end. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

interface Instance {
  readonly launcher: number;
  /** Which of all processes that ever had this id: ids are used again, after a boot often for the same program. */
  readonly born: string;
  readonly address: string;
  /** By process id: the folder of the release that stands in its command line. */
  readonly children: Readonly<Record<string, string>>;
}

/** In the root-only part of the data folder: what stands in it is believed. */
const fileOf = (data: string) => join(data, 'engine/instance.json');

export async function readInstance(data: string): Promise<Instance | null> {
  try {
    return JSON.parse(await readFile(fileOf(data), 'utf8')) as Instance;
  } catch {
    return null;
  }
}

/** Of the launcher that calls it. */
export async function writeInstance(data: string, rest: Pick<Instance, 'address' | 'children'>): Promise<void> {
  const instance: Instance = { launcher: process.pid, born: (await birthOf(process.pid)) ?? '', ...rest };
  await writeFile(fileOf(data), JSON.stringify(instance), { mode: 0o600 });
}

export async function launcherLives({ launcher, born }: Instance): Promise<boolean> {
  return (await birthOf(launcher)) === born;
}

export async function forgetInstance(data: string): Promise<void> {
  await rm(fileOf(data), { force: true });
}

/** Refuses while another launcher lives; ends what a killed one left behind (never services, proxy or name server). */
export async function takeOver(data: string): Promise<void> {
  const found = await readInstance(data);
  if (found === null) return;
  if (await launcherLives(found)) {
    throw new Refusal(
      `Hearth already runs here (process ${found.launcher}): open ${found.address}, or end it with: npm stop`,
    );
  }
  for (const [pid, folder] of Object.entries(found.children)) await end(Number(pid), folder);
  await forgetInstance(data);
}

/** Both processes end by themselves when their launcher has gone; whoever has not after five seconds is made to. */
async function end(pid: number, folder: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (!(await runs(pid, folder))) return;
    if (waited === 2_000) signal(pid, 'SIGTERM');
    if (waited === 5_000) signal(pid, 'SIGKILL');
    await sleep(50);
  }
}

/** Whether the process is there and is the one meant: ids are used again. */
async function runs(pid: number, words: string): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return line.includes(words);
}

/** The boot a process was born in and the clock tick since (proc_pid_stat(5), field 22); null where there is none. */
async function birthOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    // A program's name, in brackets, may hold anything.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()} ${ticks}`;
  } catch {
    return null;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in between.
  }
}
