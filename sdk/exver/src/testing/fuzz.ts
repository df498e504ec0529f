/**
 * Mutated texts: whatever stands in one, parsing ends, says no by an exver error with a position inside the text, or
 * gives a value whose text reads back as itself. Seeded, so that a failure can be repeated.
 */
import { isDeepStrictEqual } from 'node:util';
import { HearthError } from '@hearth/contract/errors';
import { normalise, parseRange, parseVersion, printRange, printVersion, satisfies } from '../index.ts';

const seeds = [
  '1.2.3:0',
  '#knots:28.1:2',
  '1.0-rc.1:0-a',
  '>=1.2.3:0 && <2',
  '^0.0.3 || ~1.2 !=1:0',
  '!(#knots >=1) || *',
  '((1))',
  '!!#',
];
const pieces = [
  ...Array.from('0123456789.:-#!*^~<>=()|& azAZ\t\n\0'),
  '&&',
  '||',
  '>=',
  '18446744073709551616',
  '١',
  '😀',
  '__proto__',
];

/** mulberry32: small, seeded, good enough to choose mutations. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

function mutate(pick: (below: number) => number): string {
  let text = seeds[pick(seeds.length)]!;
  for (let turns = 1 + pick(6); turns > 0; turns--) {
    const [at, length] = [pick(text.length + 1), pick(4)];
    const piece = pieces[pick(pieces.length)]!;
    const move = pick(4);
    if (move === 0) text = text.slice(0, at) + piece + text.slice(at);
    else if (move === 1) text = text.slice(0, at) + text.slice(at + length);
    else if (move === 2) text = text.slice(0, at) + piece.repeat(1 + pick(30)) + text.slice(at + length);
    else text = text.slice(0, at) + seeds[pick(seeds.length)]! + text.slice(at + length);
  }
  return text;
}

function survives(text: string, read: (text: string) => void): boolean {
  try {
    read(text);
    return true;
  } catch (error) {
    if (!HearthError.is(error)) throw new Error(`crashed on ${JSON.stringify(text)}`, { cause: error });
    if (!error.code.startsWith('exver.')) throw new Error(`${error.code} on ${JSON.stringify(text)}`);
    const position = error.data['position'] as number | undefined;
    if (position !== undefined && (position < 0 || position > text.length)) {
      throw new Error(`position ${position} of ${JSON.stringify(text)}`);
    }
    return false;
  }
}

const probe = parseVersion('1.2.3:0');

/** Tries `mutants` texts; throws at the first fault, with the text. Answers how many could be read. */
export function fuzzTexts(seed: number, mutants: number): number {
  const pick = random(seed);
  let read = 0;
  for (let mutant = 0; mutant < mutants; mutant++) {
    const text = mutate(pick);
    const same = (a: unknown, b: unknown): void => {
      if (!isDeepStrictEqual(a, b)) throw new Error(`misread ${JSON.stringify(text)}`);
    };
    const asVersion = survives(text, (input) => {
      const value = parseVersion(input);
      same(parseVersion(printVersion(value)), value);
    });
    const asRange = survives(text, (input) => {
      const range = parseRange(input);
      same(parseRange(printRange(range)), range);
      same(satisfies(probe, normalise(range)), satisfies(probe, range));
    });
    if (asVersion || asRange) read++;
  }
  return read;
}
