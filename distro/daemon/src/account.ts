/** The unprivileged user of the kernel and of nginx, and the id block that services are mapped into. */
import { readFile, writeFile } from 'node:fs/promises';
import { Refusal } from './refusal.ts';
import { attempt, run } from './run.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export const userName = 'hearth';

export async function ensureAccount(): Promise<Account> {
  const known = await lookUp();
  if (known !== null) return known;
  await run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    userName,
  ]);
  const made = await lookUp();
  if (made === null)
    throw new Refusal(`The user "${userName}" could not be made; look at the output of: useradd ${userName}`);
  return made;
}

async function lookUp(): Promise<Account | null> {
  const { code, stdout } = await attempt('getent', ['passwd', userName]);
  if (code !== 0) return null;
  const [, , uid, gid] = stdout.trim().split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

interface Range {
  readonly owner: string;
  readonly first: number;
  readonly count: number;
}

function parseRanges(text: string): Range[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter((parts) => parts.length === 3)
    .map(([owner, first, count]) => ({ owner: owner ?? '', first: Number(first), count: Number(count) }))
    .filter(({ first, count }) => Number.isInteger(first) && Number.isInteger(count));
}

const overlaps = (a: Range, b: Range) => a.first < b.first + b.count && b.first < a.first + a.count;

/** Enough for 254 services of 65,536 ids each. */
const blockSize = 254 * 65536;
/** The user builds images of catalog packages in a user namespace of its own. */
const builderSize = 65536;

/** The block of ids that root may map, large enough for every service; the same one for users and groups. */
export async function ensureIdBlock(): Promise<{ first: number; count: number }> {
  const files = ['/etc/subuid', '/etc/subgid'] as const;
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const ranges = texts.map(parseRanges);
  const isOurs = (range: Range) => range.owner === 'root' && range.count >= blockSize;
  const [first = [], second = []] = ranges;
  const block =
    first.find((range) => isOurs(range) && second.some((other) => isOurs(other) && other.first === range.first)) ??
    null;
  const chosen = block ?? { owner: 'root', first: freeStart(ranges.flat(), blockSize), count: blockSize };
  const all = [...ranges.flat(), chosen];
  const builder = first.find(
    (range) =>
      range.owner === userName && second.some((other) => other.owner === userName && other.first === range.first),
  );
  const added = [
    ...(block === null ? [chosen] : []),
    ...(builder === undefined ? [{ owner: userName, first: freeStart(all, builderSize), count: builderSize }] : []),
  ];
  for (const [at, file] of files.entries()) {
    if (added.length === 0) break;
    const text = texts[at] ?? '';
    const lines = added.map(({ owner, first: start, count }) => `${owner}:${start}:${count}\n`).join('');
    await writeFile(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${lines}`);
  }
  return { first: chosen.first, count: chosen.count };
}

/** The lowest multiple of 65,536 above the customary start that nothing in the files touches. */
export function freeStart(taken: readonly { first: number; count: number }[], size: number): number {
  let first = 16 * 65536;
  for (;;) {
    const candidate = { owner: '', first, count: size };
    const hit = taken.find((range) => overlaps(candidate, { owner: '', ...range }));
    if (hit === undefined) return first;
    first = Math.ceil((hit.first + hit.count) / 65536) * 65536;
    if (first + size > 4_000_000_000)
      throw new Refusal('/etc/subuid leaves no room for the ids of services; free a block of 16,646,144 ids');
  }
}
