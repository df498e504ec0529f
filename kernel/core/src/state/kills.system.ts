/** The journal under a process that is killed at any moment: nothing acknowledged is lost, and it always opens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LevelJournal } from './level-journal.ts';
import { replay } from './replay.ts';
import { bundleProgram } from './testing/program.ts';

/** A sample of kills; a deep run goes the whole way. */
const kills = process.env['HEARTH_DEEP'] === '1' ? 1000 : 20;
/** Kills of one journal, before the next begins: it grows, and is read back at every turn. */
const perJournal = 60;

const folder = mkdtempSync(join(tmpdir(), 'hearth-kills-'));
let writer = '';
beforeAll(() => {
  writer = bundleProgram('journal-writer', folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers below `below`, the same in every run. */
function randomly(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Starts a writer and kills it: some time after its start (it may still be reading back), or after a line it told. */
async function killOne(path: string, random: (below: number) => number): Promise<number> {
  const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = (ms: number) => setTimeout(() => child.kill('SIGKILL'), ms);
  const killAfter = random(2) === 0 ? Infinity : 1 + random(40);
  if (killAfter === Infinity) kill(30 + random(200));
  const jitter = random(6);
  let [seen, last] = [0, 0];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = Number(line);
    // Not at the end of a line: some moments later, in the midst of what follows.
    if (++seen === killAfter) kill(jitter);
  });
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  return last;
}

test(
  'nothing that was acknowledged is lost when the writer is killed',
  async () => {
    const random = randomly(20_260_101);
    let told = 0;
    for (let from = 0; from < kills; from += perJournal) {
      const path = join(folder, `journal-${from}`);
      let acknowledged = 0;
      for (let kill = from; kill < Math.min(kills, from + perJournal); kill++) {
        acknowledged = Math.max(acknowledged, await killOne(path, random));
        const journal = new LevelJournal(path);
        const content = await journal.open();
        await journal.close();
        const { slices, seq } = replay(content);
        expect(seq).toBeGreaterThanOrEqual(acknowledged);
        const document = (slices.get('counts') ?? {}) as Record<string, number>;
        const numbers = Object.values(document).sort((one, other) => one - other);
        expect(numbers.slice(0, acknowledged)).toEqual(Array.from({ length: acknowledged }, (_, at) => at + 1));
      }
      told += acknowledged;
      rmSync(path, { recursive: true, force: true });
    }
    expect(told).toBeGreaterThan(kills);
  },
  2000 * kills + 30_000,
);
