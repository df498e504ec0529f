/** A run of the fuzzer: so many mutants of a corpus, from one seed. */
import { concat, utf8 } from '../format/bytes.ts';
import { generateKey } from '../format/keys.ts';
import { packInto } from '../rewrite.ts';
import { filterInto } from '../rewrite.ts';
import { openArchive } from '../archive.ts';
import { MemorySource } from '../sources/memory.ts';
import { MemorySink } from '../write.ts';
import { judge, truthOf } from './judge.ts';
import type { Truth } from './judge.ts';
import { mutant } from './mutate.ts';
import type { Mutant } from './mutate.ts';
import { Random } from './random.ts';

export interface Fault {
  readonly seed: number;
  readonly mutant: Mutant;
  readonly reason: string;
}

export interface Tally {
  mutants: number;
  accepted: number;
  /** By code. */
  readonly refused: Map<string, number>;
  readonly faults: Fault[];
}

export class Campaign {
  readonly tally: Tally = { mutants: 0, accepted: 0, refused: new Map(), faults: [] };
  readonly #corpus: readonly Uint8Array[];
  readonly #truths: ReadonlyMap<Uint8Array, Truth>;
  /** Share of mutants that the attacker signs: they reach the deepest, and signing costs most of their time. */
  readonly #forgedShare: number;

  private constructor(corpus: readonly Uint8Array[], truths: ReadonlyMap<Uint8Array, Truth>, forgedShare: number) {
    this.#corpus = corpus;
    this.#truths = truths;
    this.#forgedShare = forgedShare;
  }

  static async prepare(forgedShare: number): Promise<Campaign> {
    const corpus = await makeCorpus();
    const truths = new Map<Uint8Array, Truth>();
    for (const bytes of corpus) truths.set(bytes, await truthOf(bytes));
    return new Campaign(corpus, truths, forgedShare);
  }

  /** One mutant: `seed` alone decides which. */
  async step(seed: number): Promise<void> {
    const random = new Random(seed);
    const made = mutant(random, this.#corpus, this.#forgedShare);
    const mode = random.chance(0.25) ? 'compat' : 'strict';
    const truth = made.original === null ? null : (this.#truths.get(made.original) ?? null);
    const verdict = await judge(made, mode, truth);
    this.tally.mutants += 1;
    if (verdict.outcome === 'accepted') this.tally.accepted += 1;
    else if (verdict.outcome === 'fault') this.tally.faults.push({ seed, mutant: made, reason: verdict.reason });
    else this.tally.refused.set(verdict.code, (this.tally.refused.get(verdict.code) ?? 0) + 1);
  }
}

/** Small archives of every shape: flat, nested, filtered, with odd names. */
async function makeCorpus(): Promise<Uint8Array[]> {
  const key = generateKey();
  const pack = async (tree: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> => {
    const sink = new MemorySink();
    await packInto(sink, tree, { key });
    return sink.bytes();
  };
  const flat = await pack(
    new Map([
      ['a', utf8('one')],
      ['b', utf8('two')],
      ['c', new Uint8Array(0)],
    ]),
  );
  const nested = await pack(
    new Map([
      ['manifest.json', utf8('{}')],
      ['x/y/z/deep', utf8('down here')],
      ['x/y/other', utf8('beside')],
      ['x/\u{1f600}', utf8('odd')],
      ['x/__proto__', utf8('odder')],
      ['big', concat(Array.from({ length: 40 }, () => utf8('0123456789')))],
    ]),
  );
  const sink = new MemorySink();
  await filterInto(sink, await openArchive(new MemorySource(nested)), { order: 'name' });
  return [flat, nested, sink.bytes()];
}
