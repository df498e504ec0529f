/** `perf_hooks`: marks and measures, kept until they are cleared. */
import { refusingAll } from './refused.ts';

interface Entry {
  readonly name: string;
  readonly entryType: 'mark' | 'measure';
  readonly startTime: number;
  readonly duration: number;
  readonly detail: unknown;
}
interface MarkOptions {
  readonly startTime?: number;
  readonly detail?: unknown;
}

/** A script that never clears must not fill its own memory. */
const mostEntries = 10_000;
let entries: Entry[] = [];

function keep(entry: Entry): Entry {
  entries.push(entry);
  if (entries.length > mostEntries) entries = entries.slice(-mostEntries / 2);
  return entry;
}

const timeOf = (mark: string): number => {
  const found = entries.findLast(({ name, entryType }) => name === mark && entryType === 'mark');
  if (found === undefined)
    throw Object.assign(new SyntaxError(`The "${mark}" performance mark has not been set`), {
      code: 'ERR_INVALID_PERFORMANCE_MARK',
    });
  return found.startTime;
};
const clear = (kind: Entry['entryType']) => (name?: string) => {
  entries = entries.filter((entry) => entry.entryType !== kind || (name !== undefined && entry.name !== name));
};

const more = {
  mark: (name: string, { startTime = performance.now(), detail = null }: MarkOptions = {}) =>
    keep({ name, entryType: 'mark', startTime, duration: 0, detail }),
  measure: (name: string, from?: string, to?: string) => {
    const startTime = from === undefined ? 0 : timeOf(from);
    const end = to === undefined ? performance.now() : timeOf(to);
    return keep({ name, entryType: 'measure', startTime, duration: end - startTime, detail: null });
  },
  clearMarks: clear('mark'),
  clearMeasures: clear('measure'),
  getEntries: () => [...entries],
  getEntriesByName: (name: string) => entries.filter((entry) => entry.name === name),
  getEntriesByType: (type: string) => entries.filter(({ entryType }) => entryType === type),
  timerify: (task: unknown) => task,
  eventLoopUtilization: () => ({ idle: 0, active: 0, utilization: 0 }),
};
for (const [name, value] of Object.entries(more))
  Object.defineProperty(performance, name, { value, writable: true, configurable: true, enumerable: false });

/** There is nothing to observe but what the script itself measures. */
class PerformanceObserver {
  static readonly supportedEntryTypes: readonly string[] = [];

  observe(): void {
    // Nothing comes.
  }

  disconnect(): void {
    // Nothing came.
  }

  takeRecords(): unknown[] {
    return [];
  }
}

export const perfHooks = {
  performance: globalThis.performance,
  PerformanceObserver,
  constants: {},
  eventLoopUtilization: more.eventLoopUtilization,
  timerify: more.timerify,
  ...refusingAll('perf_hooks', 'monitorEventLoopDelay createHistogram'),
};
