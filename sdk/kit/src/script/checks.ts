/** Ways to find out whether something works. A check answers; it never throws for a service that is down. */
import type { CheckResult } from './effects.ts';
import type { Host } from '../node/host.ts';
import type { Finished, Subcontainer } from './subcontainer.ts';

/** What a check found, and a sentence for the owner. */
export interface Health {
  readonly result: CheckResult;
  readonly message: string | null;
}

/** What a check may look at. */
export interface CheckContext {
  readonly host: Host;
  /** Of the daemon the check belongs to; null for checks of the whole service. */
  readonly subcontainer: Subcontainer | null;
}

/** Looks once whether something works. It is asked every second until it does, then every 30 s, and answers rather than throws. */
export type Check = (context: CheckContext) => Promise<Health>;

interface Words {
  readonly success: string;
  readonly failure: string;
}

/** Any answer counts: a login page is as good as a greeting. */
export function webAnswers(port: number, words: Words, path = '/', timeoutMs = 3000): Check {
  return async ({ host }) => {
    const late = new AbortController();
    const done = new AbortController();
    void host.sleep(timeoutMs, done.signal).then(() => late.abort());
    try {
      await host.fetch(`http://127.0.0.1:${port}${path}`, { signal: late.signal });
      return { result: 'success', message: words.success };
    } catch {
      return { result: 'failure', message: words.failure };
    } finally {
      done.abort();
    }
  };
}

/** Looks the port up in the kernel's tables: nothing is sent to it. */
export function portListens(port: number, words: Words, protocol: 'tcp' | 'udp' = 'tcp'): Check {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  // TCP: state 0A is LISTEN. UDP has no such state: a bound socket is unconnected (07).
  const state = protocol === 'tcp' ? '0A' : '07';
  const line = new RegExp(`^\\s*\\d+: [0-9A-F]+:${hex} [0-9A-F]+:[0-9A-F]{4} ${state} `, 'm');
  return async ({ host }) => {
    for (const table of [protocol, `${protocol}6`]) {
      const text = await host.files.read(`/proc/net/${table}`);
      if (text !== null && line.test(text)) return { result: 'success', message: words.success };
    }
    return { result: 'failure', message: words.failure };
  };
}

/** Runs a program beside the daemon; it is healthy when that ends with 0. */
export function programSucceeds(
  argv: readonly string[],
  words: Words,
  options: { readonly user?: string } = {},
): Check {
  return async ({ subcontainer }) => {
    if (subcontainer === null) return { result: 'waiting', message: null };
    const finished = await subcontainer.execute(argv, options).catch((): Finished | null => null);
    return finished?.code === 0
      ? { result: 'success', message: words.success }
      : { result: 'failure', message: words.failure };
  };
}
