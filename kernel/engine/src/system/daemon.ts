/**
 * Programs that outlive the engine: started apart from it, as a user with few rights, remembered by identity and
 * adopted by the next engine.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { argumentsOf, currentBoot, identify, isAlive, sessionOf, signalProcess, waitForEnd } from './process.ts';
import type { ProcessIdentity } from './process.ts';
import { fixedEnvironment } from './run.ts';

export interface Daemon {
  readonly name: string;
  readonly user: { readonly uid: number; readonly gid: number };
  /** All it keeps of root's: names as setpriv knows them. */
  readonly capabilities: readonly string[];
  /** The program stays in the foreground. */
  readonly command: readonly string[];
  readonly recordFile: string;
  /** What it says on its standard streams. */
  readonly logFile: string;
}

export interface RunningDaemon {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  /** TERM, and KILL after 10 s. */
  end(): Promise<void>;
}

const recordShape = z.object({ pid: z.number(), startTime: z.string(), boot: z.string() });
const logLimit = 4 * 1024 * 1024;

/** The one an earlier engine started, if it still is that very process. */
export function adoptDaemon(daemon: Daemon): RunningDaemon | undefined {
  const record = recordOf(daemon);
  return record !== undefined && isAlive(record) && runsCommand(record.pid, daemon)
    ? running(daemon, record)
    : undefined;
}

function recordOf(daemon: Daemon): ProcessIdentity | undefined {
  try {
    return recordShape.parse(JSON.parse(readFileSync(daemon.recordFile, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Ends it, and whatever a killed one left: nginx's workers live on without their master and keep its ports. */
export async function endDaemon(daemon: Daemon): Promise<void> {
  await adoptDaemon(daemon)?.end();
  await endRemains(daemon);
  await rm(daemon.recordFile, { force: true });
}

async function endRemains(daemon: Daemon): Promise<void> {
  const record = recordOf(daemon);
  if (record === undefined || record.boot !== currentBoot() || isAlive(record)) return;
  for (const member of sessionOf(record.pid)) {
    signalProcess(member, 'SIGTERM');
    if (!(await waitForEnd(member, 2000))) signalProcess(member, 'SIGKILL');
    await waitForEnd(member, 1000);
  }
}

/** Starts it and sees it live for a moment. Throws an Error with its words when it ends at once. */
export async function startDaemon(daemon: Daemon): Promise<RunningDaemon> {
  await endRemains(daemon);
  const size = await stat(daemon.logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > logLimit) await truncate(daemon.logFile);
  const log = openSync(daemon.logFile, 'a', 0o600);
  const child = spawn('setpriv', [...privileges(daemon), ...daemon.command], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...fixedEnvironment },
    cwd: '/',
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (cause) => resolve(cause.message));
    child.once('exit', (code) => resolve(`exit code ${String(code)}`));
  });
  const early = await Promise.race([ended, delay(250, undefined)]);
  const record = child.pid === undefined ? undefined : identify(child.pid);
  if (early !== undefined || !record) throw new Error((await lastLine(daemon, size)) || (early ?? 'it ended at once'));
  child.unref();
  await writeFile(`${daemon.recordFile}.partial`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${daemon.recordFile}.partial`, daemon.recordFile);
  return running(daemon, record);
}

function privileges({ user, capabilities }: Daemon): string[] {
  const kept = capabilities.map((name) => `+${name}`).join(',');
  const own = kept === '' ? '' : `,${kept}`;
  return [
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    '--no-new-privs',
    `--bounding-set=-all${own}`,
    `--inh-caps=-all${own}`,
    `--ambient-caps=-all${own}`,
  ];
}

function running(daemon: Daemon, record: ProcessIdentity): RunningDaemon {
  return {
    pid: record.pid,
    signal: (name) => signalProcess(record, name),
    end: async () => {
      signalProcess(record, 'SIGTERM');
      if (!(await waitForEnd(record, 10_000))) signalProcess(record, 'SIGKILL');
      await waitForEnd(record, 5000);
      await rm(daemon.recordFile, { force: true });
    },
  };
}

/** nginx rewrites its arguments into a title that still holds them. */
function runsCommand(pid: number, daemon: Daemon): boolean {
  const title = argumentsOf(pid).join(' ');
  return title.includes(daemon.command.slice(1).join(' '));
}

/** The latest of what it said, from a byte of its log on. */
export async function lastLine(daemon: Daemon, from = 0): Promise<string> {
  const text = await readFile(daemon.logFile, 'utf8').catch(() => '');
  return text.slice(Math.min(from, text.length)).trim().split('\n').slice(-2).join('; ').slice(-1000);
}
