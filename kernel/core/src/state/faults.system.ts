/** The journal on a file layer that fails: nothing acknowledged is lost, nothing refused comes back, it always opens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LevelJournal } from './level-journal.ts';
import { replay } from './replay.ts';

const deep = process.env['HEARTH_DEEP'] === '1';
const kinds = ['EIO', 'ENOSPC', 'full', 'short', 'kill', 'drop', 'tear'] as const;
/** Places per kind of fault, spread over all calls of a run. */
const places = deep ? 150 : 3;

const folder = mkdtempSync(join(tmpdir(), 'hearth-faults-'));
const layer = join(folder, 'fault-layer.so');
let calls = 0;

interface Told {
  readonly kept: ReadonlySet<number>;
  readonly refused: ReadonlySet<number>;
}

async function run(program: string, args: readonly string[], environment: Record<string, string>): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], ...environment },
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await once(child, 'close');
  return text;
}

async function write(path: string, kind: string, at: number): Promise<Told> {
  const text = await run(process.execPath, [join(import.meta.dirname, 'testing/fault-writer.ts'), path], {
    LD_PRELOAD: layer,
    FAULT_DIR: path,
    FAULT_KIND: kind,
    FAULT_AT: String(at),
    FAULT_REPORT: join(folder, 'calls'),
  });
  const numbers = (sign: string): Set<number> =>
    new Set(
      text
        .split('\n')
        .filter((line) => line.startsWith(sign))
        .map((line) => Number(line.slice(1))),
    );
  return { kept: numbers('+'), refused: numbers('-') };
}

async function found(path: string): Promise<ReadonlySet<number>> {
  const journal = new LevelJournal(path);
  const { slices } = replay(await journal.open());
  await journal.close();
  const rows = (slices.get('rows') ?? {}) as Record<string, string>;
  return new Set(
    Object.keys(rows)
      .map(Number)
      .filter((number) => number > 0),
  );
}

function check(there: ReadonlySet<number>, { kept, refused }: Told, what: string): void {
  expect([what, 'lost', [...kept.difference(there)]]).toEqual([what, 'lost', []]);
  expect([what, 'came back', [...refused.intersection(there)]]).toEqual([what, 'came back', []]);
}

describe('the journal on a file layer with faults', () => {
  beforeAll(async () => {
    await run('gcc', ['-shared', '-fPIC', '-O0', '-o', layer, join(import.meta.dirname, 'testing/fault-layer.c')], {});
    const path = join(folder, 'count');
    const { kept } = await write(path, 'count', 0);
    calls = Number(readFileSync(join(folder, 'calls'), 'utf8'));
    expect(kept.size).toBeGreaterThan(20);
    expect(await found(path)).toEqual(kept);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has many places to fail at', () => {
    expect(calls).toBeGreaterThan(500);
  });

  test.each(kinds)(
    'survives %s',
    async (kind) => {
      const step = Math.max(1, Math.floor(calls / places));
      // Each kind begins elsewhere: together they meet every sort of call.
      const begin = 1 + ((kinds.indexOf(kind) * 31) % step);
      for (let at = begin; at <= calls; at += step) {
        const path = join(folder, `${kind}-${at}`);
        const first = await write(path, kind, at);
        const there = await found(path);
        check(there, first, `${kind} at ${at}`);
        // And once more on what was left, as after the next start.
        const second = await write(path, 'count', 0);
        expect(second.refused.size).toBe(0);
        check(await found(path), { kept: second.kept.union(there), refused: new Set() }, `${kind} at ${at}, again`);
        rmSync(path, { recursive: true });
      }
    },
    deep ? 3_600_000 : 120_000,
  );
});
