/** Makes one archive into another that its signer never made, or signs a hostile one properly. */
import { concat, utf8, varint } from '../format/bytes.ts';
import { keyFromSeed } from '../format/keys.ts';
import type { Random } from './random.ts';
import { forge, rawDirectory, rawFile } from './raw.ts';
import type { Lie, RawDirectory, RawEntry } from './raw.ts';

export interface Mutant {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** The archive it was made from; null for one the attacker signed. */
  readonly original: Uint8Array | null;
}

/** The seed attackers sign with. */
export const attacker = keyFromSeed(new Uint8Array(32).fill(7));

const evilNames = [
  '',
  '.',
  '..',
  '../x',
  '/etc/passwd',
  'a/b',
  'a\\b',
  'nul\0',
  '__proto__',
  'constructor',
  'é'.repeat(200),
  '\u{1f600}',
  '\ufffd',
  'manifest.json',
];
const evilNumbers = [
  0n,
  1n,
  154n,
  155n,
  2n ** 20n,
  2n ** 31n,
  2n ** 32n,
  2n ** 40n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];
const evilVarints = [
  Uint8Array.of(0x80),
  Uint8Array.of(0x81, 0x00),
  new Uint8Array(11).fill(0x80),
  new Uint8Array(10).fill(0xff),
  concat([new Uint8Array(9).fill(0xff), Uint8Array.of(1)]),
  varint(2 ** 40),
  varint(70_000),
];

/** @param corpus whole archives, signed by someone else than the attacker */
export function mutant(random: Random, corpus: readonly Uint8Array[], forgedShare: number): Mutant {
  if (random.chance(forgedShare)) return forged(random);
  const original = random.pick(corpus);
  const kinds = [flip, overwrite, number, cut, extend, move, swap] as const;
  const bytes = original.slice();
  const kind = random.pick(kinds);
  let mutated = kind(bytes, random);
  // Some damage is found only behind other damage.
  while (random.chance(0.2)) mutated = random.pick(kinds)(mutated.slice(), random);
  return { what: kind.name, bytes: mutated, original };
}

function somewhere(bytes: Uint8Array, random: Random): number {
  // Most of an archive is content; what is interesting stands in front.
  return random.below(Math.max(1, random.chance(0.7) ? Math.min(bytes.length, 1200) : bytes.length));
}

function flip(bytes: Uint8Array, random: Random): Uint8Array {
  const at = somewhere(bytes, random);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  return bytes;
}

function overwrite(bytes: Uint8Array, random: Random): Uint8Array {
  const at = somewhere(bytes, random);
  bytes.set(random.bytes(Math.min(1 + random.below(16), bytes.length - at)), at);
  return bytes;
}

function number(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length < 8) return bytes;
  const at = random.chance(0.3) ? random.pick([131, 139, 147]) : somewhere(bytes, random);
  if (at + 8 > bytes.length) return bytes;
  new DataView(bytes.buffer).setBigUint64(
    at,
    random.chance(0.5) ? random.pick(evilNumbers) : BigInt(random.below(bytes.length * 2)),
  );
  return bytes;
}

function cut(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1));
}

function extend(bytes: Uint8Array, random: Random): Uint8Array {
  return concat([bytes, random.bytes(random.below(300))]);
}

function move(bytes: Uint8Array, random: Random): Uint8Array {
  const from = somewhere(bytes, random);
  const to = somewhere(bytes, random);
  const length = Math.min(random.below(80), bytes.length - Math.max(from, to));
  bytes.copyWithin(to, from, from + length);
  return bytes;
}

function swap(bytes: Uint8Array, random: Random): Uint8Array {
  const length = random.pick([1, 8, 16, 32, 40]);
  const a = somewhere(bytes, random);
  const b = somewhere(bytes, random);
  if (Math.max(a, b) + length > bytes.length) return bytes;
  const kept = bytes.slice(a, a + length);
  bytes.copyWithin(a, b, b + length);
  bytes.set(kept, b);
  return bytes;
}

function forged(random: Random): Mutant {
  const root = rawDirectory('', randomChildren(random, 0));
  const all: RawEntry[] = [root];
  const collect = (directory: RawDirectory): void => {
    for (const child of directory.children) {
      all.push(child);
      if (child.type === 2) collect(child);
    }
  };
  collect(root);
  const told: string[] = [];
  const count = random.below(3);
  for (let at = 0; at < count; at++) told.push(lie(random.pick(all), random));
  const maximum = random.chance(0.1)
    ? Number(random.pick(evilNumbers.filter((value) => value < 2n ** 53n)))
    : undefined;
  return { what: `forged ${told.join(' ')}`, bytes: forge(root, attacker, maximum), original: null };
}

function randomChildren(random: Random, depth: number): RawEntry[] {
  return Array.from({ length: random.below(5) }, (_, at) => {
    const name = random.chance(0.05) ? random.pick(evilNames) : random.chance(0.05) ? 'twin' : `n${String(at)}`;
    if (depth < 20 && random.chance(depth > 2 ? 0.2 : 0.4))
      return rawDirectory(name, randomChildren(random, depth + 1));
    return rawFile(name, random.bytes(random.below(40)));
  });
}

const lies: readonly ((entry: RawEntry, random: Random) => Partial<Lie>)[] = [
  (_, random) => ({ size: random.pick(evilNumbers) }),
  (_, random) => ({ position: random.pick(evilNumbers) }),
  (_, random) => ({ position: BigInt(random.below(800)) }),
  (_, random) => ({ stored: random.pick(evilNumbers) }),
  (_, random) => ({ type: random.below(4) }),
  (_, random) => ({ hash: random.bytes(32) }),
  (_, random) => ({ nameLength: random.pick(evilVarints) }),
  (_, random) => ({ count: random.pick(evilVarints) }),
  (_, random) => ({ trailing: random.bytes(1 + random.below(60)) }),
];

function lie(entry: RawEntry, random: Random): string {
  if (random.chance(0.1)) {
    entry.name = random.chance(0.5) ? random.bytes(random.below(300)) : utf8(random.pick(evilNames));
    return 'name';
  }
  const told = random.pick(lies)(entry, random);
  Object.assign(entry.lie, told);
  return Object.keys(told).join();
}
