/** Wakes a plugin by name, at the times it asked for and no more often than it was granted. */
import { refusals } from './errors.ts';

const mostTimers = 32;

export interface Timers {
  /** `seconds` less than `least` are `least`. Throws `plugin.full`. */
  set(name: string, seconds: number, again: boolean, least: number): void;
  clear(name: string): void;
  /** The process they belong to is gone. */
  clearAll(): void;
}

export function createTimers(wake: (name: string) => void): Timers {
  const running = new Map<string, NodeJS.Timeout>();
  /** When each last went off: setting it anew does not make it come sooner than it may. */
  const rang = new Map<string, number>();
  const longest = 2 ** 31 - 1;
  const clear = (name: string): void => {
    clearTimeout(running.get(name));
    running.delete(name);
  };
  return {
    set(name, seconds, again, least) {
      if (!running.has(name) && running.size >= mostTimers) throw refusals.full({ limit: `${mostTimers} timers` });
      clear(name);
      const period = Math.min(longest, Math.max(seconds, least) * 1000);
      const arm = (ms: number): void => {
        const timer = setTimeout(() => {
          rang.set(name, performance.now());
          if (again) arm(period);
          else running.delete(name);
          wake(name);
        }, ms);
        running.set(name, timer.unref());
      };
      const last = [...rang.values()].reduce((latest, at) => Math.max(latest, at), 0);
      const soonest = again || last === 0 ? 0 : last + least * 1000 - performance.now();
      arm(Math.max(period, soonest));
    },
    clear,
    clearAll() {
      for (const name of [...running.keys()]) clear(name);
      if (rang.size > mostTimers * 4) rang.clear();
    },
  };
}
