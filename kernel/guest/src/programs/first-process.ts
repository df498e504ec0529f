/** The first process of a subcontainer, with which all others in it end. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Its number may be another process's later: it is known by when it began, too. */
export interface FirstProcess {
  readonly pid: number;
  /** Null: it had ended when it was looked at. */
  readonly began: string | null;
}

/** How long the system may take to end a subcontainer's processes. */
const patienceMs = 5000;

export function firstProcess(pid: number): FirstProcess {
  return { pid, began: beganAt(pid) };
}

/** Kills it. Answers whether it is gone, and everything in the subcontainer with it. */
export async function endFirstProcess(first: FirstProcess): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  for (let sent = false; isAlive(first); await delay(1)) {
    if (!sent) kill(first.pid);
    sent = true;
    if (Date.now() > deadline) return false;
  }
  return true;
}

function isAlive({ pid, began }: FirstProcess): boolean {
  return began !== null && beganAt(pid) === began;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/** Clock ticks since the machine came up; null where there is no such process, or nothing but its exit code. */
function beganAt(pid: number): string | null {
  try {
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' || state === 'X' ? null : (fields[18] ?? null);
  } catch {
    return null;
  }
}
