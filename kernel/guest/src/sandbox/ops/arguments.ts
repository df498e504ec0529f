/** What arrives from the script is its own making: each argument is checked for its kind before use. */
import { constants } from 'node:fs';

export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError('The argument must be of type string');
}

export function count(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError('The argument must be of type number');
}

export function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(text);
  throw new TypeError('The argument must be an array of strings');
}

export function record(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TypeError('The argument must be an object');
}

export function textRecord(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, entry]) => [key, text(entry)]));
}

/** A mode as number or octal text. */
export function modeOf(value: unknown, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  return (typeof value === 'string' ? Number.parseInt(value, 8) : count(value)) & 0o7777;
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL } = constants;
const flagWords: Record<string, number> = {
  r: O_RDONLY,
  'r+': O_RDWR,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  'w+': O_RDWR | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_EXCL,
  'wx+': O_RDWR | O_CREAT | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
  'a+': O_RDWR | O_CREAT | O_APPEND,
  ax: O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
  'ax+': O_RDWR | O_CREAT | O_APPEND | O_EXCL,
};
const allowedFlags = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_EXCL;

/** Open flags as word or number; nothing beyond reading, writing, creating, appending passes. */
export function flagsOf(value: unknown): number {
  if (typeof value === 'number') return value & allowedFlags;
  const flags = flagWords[text(value).replace('s', '')];
  if (flags === undefined) throw new TypeError(`The flag "${text(value)}" is not known`);
  return flags;
}
