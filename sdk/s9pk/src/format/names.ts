/** Names of entries: what may stand in an archive, and the order they are signed in. */
import { errors } from '../errors.ts';
import { compareBytes, utf8 } from './bytes.ts';
import { limits } from './limits.ts';

/**
 * Refuses names that could mean something to a file system.
 * @throws s9pk.badName
 */
export function checkName(name: string): void {
  const reason = fault(name);
  if (reason !== null) throw errors.badName({ name: JSON.stringify(name.slice(0, 300)), reason });
}

function fault(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name === '.' || name === '..') return 'it means a directory itself or the one above';
  if (/[/\\]/.test(name)) return 'it holds a separator';
  if (name.includes('\0')) return 'it holds a zero byte';
  if (name.length > limits.nameBytes || utf8(name).length > limits.nameBytes) {
    return `it is longer than ${String(limits.nameBytes)} bytes`;
  }
  return null;
}

const plain = /^[\0-\x7f]*$/;

/** Order of the UTF-8 bytes, which differs from that of JavaScript strings beyond U+FFFF. */
export function compareNames(a: string, b: string): number {
  if (plain.test(a) && plain.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return compareBytes(utf8(a), utf8(b));
}

/** Splits `images/x86_64/main.json`; the empty path is the root. */
export function splitPath(path: string): string[] {
  return path === '' ? [] : path.split('/');
}
