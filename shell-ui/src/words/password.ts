/** How hard a password is to guess, in words. A coarse guess that never sends it anywhere. */
import { msg } from '@lit/localize';

/** What the server insists on too. */
export const shortestPassword = 12;

export interface Strength {
  /** 0 (nothing) to 4 (very strong). */
  readonly level: 0 | 1 | 2 | 3 | 4;
  readonly text: string;
}

const common = /(password|passwort|hearth|qwerty|letmein|welcome|admin|iloveyou|dragon|monkey)/gi;

/** Bits, roughly: what it is made of times how long it is, less what people always do. */
export function passwordBits(password: string): number {
  const plain = password.replaceAll(common, 'x');
  const kinds: readonly [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^a-zA-Z0-9]/, 30],
  ];
  const alphabet = kinds.reduce((sum, [kind, size]) => sum + (kind.test(plain) ? size : 0), 0);
  const distinct = new Set(plain).size;
  const runs = Array.from(plain).filter((letter, at) => {
    const before = plain.charCodeAt(at - 1);
    return at > 0 && Math.abs(letter.charCodeAt(0) - before) <= 1;
  }).length;
  const counted = Math.max(0, Math.min(plain.length - runs, distinct * 2.5));
  return counted * Math.log2(Math.max(2, alphabet));
}

export function passwordStrength(password: string): Strength {
  if (password === '') return { level: 0, text: '' };
  if (password.length < shortestPassword) {
    return { level: 1, text: msg('Too short: use 12 characters or more. A few random words are easy to keep.') };
  }
  const bits = passwordBits(password);
  if (bits < 45) return { level: 1, text: msg('Easy to guess. Add another word or two.') };
  if (bits < 60) return { level: 2, text: msg('Fair. One more word makes it good.') };
  if (bits < 85) return { level: 3, text: msg('Good. Hard to guess.') };
  return { level: 4, text: msg('Very strong.') };
}
