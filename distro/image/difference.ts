/** Where two files part, in words that lead to the cause. */
import { attempt } from '../daemon/src/run.ts';
import { layout, sectorSize } from './partitions.ts';

/** For a disk the partition too: what to unpack and compare. */
export async function firstDifference(one: string, other: string): Promise<string> {
  const { stdout, stderr } = await attempt('cmp', [one, other]);
  const at = Number(/(?:byte|char) (\d+)/.exec(stdout)?.[1] ?? Number.NaN) - 1;
  if (Number.isNaN(at)) return (stdout || stderr).trim() || 'not the same when it was built';
  if (!one.endsWith('.raw')) return `from byte ${at} on`;
  const [name = 'the table of partitions'] = Object.entries(layout.starts)
    .filter(([, start]) => start * sectorSize <= at)
    .sort(([, first], [, second]) => second - first)
    .map(([partition, start]) => `byte ${at - start * sectorSize} of partition ${partition}`);
  return `from byte ${at} on, ${name}`;
}
