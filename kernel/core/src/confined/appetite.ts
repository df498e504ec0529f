/** Watches what a process takes: memory, processor, and whether it still answers. */
import type { ConfinedProcess } from './process.ts';

export interface Appetite {
  /** Bytes in memory. */
  readonly resident: number;
  /** Of one core, over `overMs`. */
  readonly cpuShare: number;
  readonly overMs: number;
  /** How often it is looked at. */
  readonly everyMs: number;
  /** Without an answer for so long it is taken to be stuck. */
  readonly silentMs: number;
}

/** Calls `tooMuch` once, with the reason. */
export function watchAppetite(
  process: ConfinedProcess,
  limits: Appetite,
  scale: number,
  tooMuch: (why: string) => void,
): { stop(): void } {
  const samples: { readonly at: number; readonly cpuMs: number }[] = [];
  let pings = 0;
  let pingedAt: number | null = null;
  const look = (): void => {
    const now = performance.now();
    if (pingedAt !== null && process.heard() >= pingedAt) pingedAt = null;
    if (pingedAt !== null && now - pingedAt > limits.silentMs * scale) return end('it no longer answered');
    pingedAt ??= now;
    process.send({ do: 'ping', id: (pings += 1) });
    const usage = process.usage();
    if (usage === null) return;
    if (usage.memory > limits.resident) return end('it took more memory than is its');
    samples.push({ at: now, cpuMs: usage.cpuMs });
    while (samples.length > 2 && now - (samples[1]?.at ?? now) >= limits.overMs) samples.shift();
    const [first] = samples;
    if (first === undefined || now - first.at < limits.overMs) return;
    if (usage.cpuMs - first.cpuMs > limits.cpuShare * (now - first.at))
      end('it took more of the processor than is its');
  };
  const timer = setInterval(look, limits.everyMs).unref();
  const end = (why: string): void => {
    clearInterval(timer);
    tooMuch(why);
  };
  return { stop: () => clearInterval(timer) };
}
