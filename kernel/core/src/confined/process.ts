/** One process of a confined plugin, as the kernel holds it: what goes in, what comes out, how it ends. */
import { readFileSync } from 'node:fs';
import { confinedFrame, type ConfinedFrame, frameOf, framesOf, type KernelFrame, largestFrame } from '@hearth/contract';
import type { Carrier } from './carrier.ts';
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
export function startConfined(carrier: Carrier, take: (frame: ConfinedFrame) => Promise<void>): ConfinedProcess {
  const { input, output } = carrier;
  const tokens = new Tokens(rate.perSecond, rate.burst);
  let why: string | null = null;
  let heardAt = performance.now();
  let held = false;
  const end = (reason: string): void => {
    why ??= reason;
    carrier.kill();
  };
  const read = async (): Promise<void> => {
    for await (const text of framesOf(output as AsyncIterable<Buffer>, largestFrame)) {
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
  return {
    send(frame) {
      if (input.destroyed) return;
      if (input.writableLength > mostUnread) return end('it no longer reads what it is told');
      input.write(frameOf(JSON.stringify(frame)));
    },
    kill: () => end('it was stopped'),
    ended: carrier.ended.then((how) => why ?? how),
    usage: () => usageOf(pidBeneath(carrier.pid())),
    pid: () => pidBeneath(carrier.pid()),
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

const pageBytes = 4096;
const tickMs = 10;

/** The one that was started only waits for it. */
function pidBeneath(waiting: number | null): number | null {
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
