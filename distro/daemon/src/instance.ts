/** Whether Hearth already runs here, and waiting for what an earlier, killed start left to end. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './refusal.ts';

interface Instance {
  readonly launcher: number;
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

export async function writeInstance(data: string, instance: Instance): Promise<void> {
  await writeFile(fileOf(data), JSON.stringify(instance), { mode: 0o600 });
}

export async function forgetInstance(data: string): Promise<void> {
  await rm(fileOf(data), { force: true });
}

/** Refuses while another launcher lives; ends what a killed one left behind (never services, proxy or name server). */
export async function takeOver(data: string): Promise<void> {
  const found = await readInstance(data);
  if (found === null) return;
  if (await runs(found.launcher, 'distro/daemon/src/start.ts')) {
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

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in between.
  }
}
