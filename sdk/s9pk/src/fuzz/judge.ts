/** What must hold for any bytes whatever, once a reader has looked at them. */
import { HearthError, errorTables } from '@hearth/contract';
import { openArchive } from '../archive.ts';
import type { Archive } from '../archive.ts';
import { hex } from '../format/bytes.ts';
import type { Mode } from '../format/bytes.ts';
import { checkName } from '../format/names.ts';
import { MemorySource } from '../sources/memory.ts';
import type { Mutant } from './mutate.ts';

/** Milliseconds one mutant may take; a thousand times what they do take. */
const patience = 2000;

/** What the signer of an archive really signed: path to hash. */
export type Truth = ReadonlyMap<string, string>;

export async function truthOf(bytes: Uint8Array): Promise<Truth> {
  const listed = await (await openArchive(new MemorySource(bytes))).list();
  return new Map(listed.map(({ path, entry }) => [path, hex(entry.hash)]));
}

export type Verdict =
  | { readonly outcome: 'refused'; readonly code: string }
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'fault'; readonly reason: string };

/** @param truth of the archive the mutant was made from */
export async function judge(mutant: Mutant, mode: Mode, truth: Truth | null): Promise<Verdict> {
  const started = performance.now();
  const verdict = await look(mutant, mode, truth);
  const took = performance.now() - started;
  return took > patience ? { outcome: 'fault', reason: `took ${took.toFixed(0)} ms` } : verdict;
}

async function look(mutant: Mutant, mode: Mode, truth: Truth | null): Promise<Verdict> {
  try {
    const archive = await openArchive(new MemorySource(mutant.bytes), { mode });
    const listed = await archive.list();
    await archive.verifyAll();
    const reason = mode === 'strict' ? ((await fault(archive)) ?? forgery(listed, truth)) : forgery(listed, truth);
    return reason === null ? { outcome: 'accepted' } : { outcome: 'fault', reason };
  } catch (error) {
    if (!HearthError.is(error)) return { outcome: 'fault', reason: `not refused but crashed: ${String(error)}` };
    const name = error.code.replace(/^s9pk\./, '');
    const known = error.code.startsWith('s9pk.') && Object.hasOwn(errorTables.get('s9pk') ?? {}, name);
    return known
      ? { outcome: 'refused', code: error.code }
      : { outcome: 'fault', reason: `unknown code ${error.code}` };
  }
}

/** Accepted under someone's signature, but not what they signed. */
function forgery(listed: Awaited<ReturnType<Archive['list']>>, truth: Truth | null): string | null {
  if (truth === null) return null;
  for (const { path, entry } of listed) {
    if (truth.get(path) !== hex(entry.hash)) return `forged "${path}"`;
  }
  return null;
}

async function fault(archive: Archive): Promise<string | null> {
  const taken: { start: number; end: number }[] = [{ start: 0, end: 155 }];
  taken.push({ start: archive.root.position, end: archive.root.position + archive.root.stored });
  for (const { path, entry } of await archive.list()) {
    checkName(entry.name);
    if (entry.type === 'missing') continue;
    const length = entry.type === 'file' ? entry.size : entry.stored;
    if (length > 0) taken.push({ start: entry.position, end: entry.position + length });
    if (path.split('/').includes('..')) return `path "${path}"`;
  }
  taken.sort((a, b) => a.start - b.start);
  for (const [at, region] of taken.entries()) {
    if (region.end > archive.source.size) return 'a part lies outside';
    if (at > 0 && region.start < (taken[at - 1]?.end ?? 0)) return 'two parts overlap';
  }
  return null;
}
