/** One process of a confined plugin, as the kernel holds it: what goes in, what comes out, how it ends. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { confinedFrame, type ConfinedFrame, frameOf, framesOf, type KernelFrame, largestFrame } from '@hearth/contract';
import { type Confinement, confinedCommand } from './command.ts';
import { Tokens } from './tokens.ts';

export interface ConfinedProcess {
  send(frame: KernelFrame): void;
  /** Ends it at once. Safe to repeat. */
  kill(): void;
  /** Why it ended, in words; never rejects. */
  readonly ended: Promise<string>;
  /** Bytes of memory and milliseconds of processor time used until now; null when it is gone or cannot be told. */
  usage(): { readonly memory: number; readonly cpuMs: number } | null;
  /** Of the process itself, not of the one that waits for it; null when there is none. */
  pid(): number | null;
  /** When something was last heard of it; now, while it is us who do not listen. `performance.now()`. */
  heard(): number;
}

/** Messages a second, and in a burst; a long message counts for several. */
const rate = { perSecond: 200, burst: 400, bytes: 5000 };
/** Bytes that may wait for a process that does not read. */
const mostUnread = 16 * 1024 * 1024;

/** `take` gets what comes, one after the other: nothing more is read until it has resolved. */
export function startConfined(
  confinement: Confinement,
  take: (frame: ConfinedFrame) => Promise<void>,
): ConfinedProcess {
  const [program, words] = confinedCommand(confinement);
  const child = spawn(program, words, { cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, stdio: 'pipe' });
  const tokens = new Tokens(rate.perSecond, rate.burst);
  let last = '';
  let why: string | null = null;
  let heardAt = performance.now();
  let held = false;
  const end = (reason: string): void => {
    why ??= reason;
    // The one that waits for it, and with it what it waits for.
    child.kill('SIGKILL');
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-2000)));
  child.stdin.on('error', () => undefined);

  const read = async (): Promise<void> => {
    for await (const text of framesOf(child.stdout, largestFrame)) {
      held = true;
      await tokens.take(1 + text.length / rate.bytes);
      const frame = parse(text);
      if (frame === null) return end('it sent what is no message');
      await take(frame);
      held = false;
      heardAt = performance.now();
    }
  };
  read().catch(() => end('it sent what is no message'));

  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(why ?? `it could not be started: ${error.message}`));
    child.once('close', (code, signal) => resolve(why ?? wordsOf(code, signal, last)));
  });
  return {
    send(frame) {
      if (child.stdin.destroyed) return;
      if (child.stdin.writableLength > mostUnread) return end('it no longer reads what it is told');
      child.stdin.write(frameOf(JSON.stringify(frame)));
    },
    kill: () => end('it was stopped'),
    ended,
    usage: () => usageOf(pidBeneath(child.pid)),
    pid: () => pidBeneath(child.pid),
    heard: () => (held ? performance.now() : heardAt),
  };
}

function parse(text: string): ConfinedFrame | null {
  try {
    return confinedFrame.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function wordsOf(code: number | null, signal: string | null, last: string): string {
  if (/heap out of memory|memory limit|Array buffer allocation|bad_alloc/i.test(last)) return 'it ran out of memory';
  const line = last.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  const how = signal === null ? `with code ${code ?? 0}` : `by ${signal}`;
  return line === '' ? `it ended ${how}` : `it ended ${how}: ${line}`;
}

const pageBytes = 4096;
const tickMs = 10;

/** The one that was started only waits for it. */
function pidBeneath(waiting: number | undefined): number | null {
  try {
    const [pid = ''] = readFileSync(`/proc/${waiting ?? 0}/task/${waiting ?? 0}/children`, 'utf8').split(' ');
    return pid === '' ? null : Number(pid);
  } catch {
    return null;
  }
}

function usageOf(pid: number | null): { memory: number; cpuMs: number } | null {
  if (pid === null) return null;
  try {
    const resident = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    // After the name, which may hold anything, in parentheses.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { memory: resident * pageBytes, cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs };
  } catch {
    return null;
  }
}
