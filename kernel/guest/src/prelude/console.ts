/** `console`: every line goes to the log of the script. */
import { call } from './host.ts';
import { format, inspect } from './inspect.ts';

const counts = new Map<string, number>();
const since = new Map<string, number>();
let indent = '';

function line(level: string): (...values: unknown[]) => void {
  const prefix = level === '' ? '' : `${level}: `;
  return (...values) => {
    call('print', [`${indent}${prefix}${format(...values)}`]);
  };
}

const log = line('');

export const console = {
  log,
  info: log,
  debug: log,
  warn: line('warning'),
  error: line('error'),
  trace: (...values: unknown[]) => log(...values, new Error().stack ?? ''),
  dir: (value: unknown) => log(inspect(value)),
  table: (value: unknown) => log(inspect(value)),
  assert: (condition: unknown, ...values: unknown[]) => {
    if (condition !== true && !(condition as boolean)) line('error')('Assertion failed', ...values);
  },
  count: (label = 'default') => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    log(`${label}: ${counts.get(label) ?? 0}`);
  },
  countReset: (label = 'default') => counts.delete(label),
  time: (label = 'default') => since.set(label, performance.now()),
  timeEnd: (label = 'default') => log(`${label}: ${(performance.now() - (since.get(label) ?? 0)).toFixed(3)}ms`),
  timeLog: (label = 'default') => log(`${label}: ${(performance.now() - (since.get(label) ?? 0)).toFixed(3)}ms`),
  group: (...values: unknown[]) => {
    if (values.length > 0) log(...values);
    indent += '  ';
  },
  groupEnd: () => {
    indent = indent.slice(2);
  },
  groupCollapsed: (...values: unknown[]) => console.group(...values),
  clear: () => undefined,
};
