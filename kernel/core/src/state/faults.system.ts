/** The journal on a file layer that fails: nothing acknowledged is lost, nothing refused comes back, it always opens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createLog } from '../log.ts';
import { LevelJournal } from './level-journal.ts';
import { openStore } from './store.ts';
import { bundleProgram } from './testing/program.ts';

const deep = process.env['HEARTH_DEEP'] === '1';
const kinds = ['EIO', 'ENOSPC', 'full', 'short', 'kill', 'drop', 'tear'] as const;
/** Places per kind of fault in the sample, spread over all calls of a run; a deep run takes every call there is. */
const places = 4;
/** Runs at once: a run waits for its disk more than it computes. */
const lanes = 3;

const folder = mkdtempSync(join(tmpdir(), 'hearth-faults-'));
const layer = join(folder, 'fault-layer.so');
let writer = '';
/** A journal with a past, left by a process that was killed: every run begins with reading it back. */
const seed = join(folder, 'seed');
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
  const text = await run(process.execPath, [writer, path], {
    LD_PRELOAD: layer,
    FAULT_DIR: path,
    FAULT_KIND: kind,
    FAULT_AT: String(at),
    ...(kind === 'count' && { FAULT_REPORT: join(folder, 'calls') }),
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

/** The numbers that are there after the next start, which writes one more and takes a snapshot on its way out. */
async function found(path: string): Promise<ReadonlySet<number>> {
  const store = await openStore(new LevelJournal(path), { log: createLog('silent') });
  const schema = z.record(z.string(), z.string());
  const slice = store.slice<Record<string, string>>({ name: 'rows', schema, initial: {} });
  const numbers = Object.keys(slice.read()).map(Number);
  await slice.commit('next', (draft) => void (draft['-1'] = `${draft['-1'] ?? ''}x`));
  await store.close();
  return new Set(numbers.filter((number) => number > 0));
}

async function tryOne(kind: string, at: number, before: ReadonlySet<number>): Promise<void> {
  const what = `${kind} at call ${at}`;
  const path = join(folder, `${kind}-${at}`);
  cpSync(seed, path, { recursive: true });
  const { kept, refused } = await write(path, kind, at);
  const there = await found(path);
  expect([what, 'lost', [...kept.union(before).difference(there)]]).toEqual([what, 'lost', []]);
  expect([what, 'came back', [...refused.intersection(there)]]).toEqual([what, 'came back', []]);
  // And as after the start that follows.
  expect([what, 'lost later', [...there.difference(await found(path))]]).toEqual([what, 'lost later', []]);
  rmSync(path, { recursive: true });
}

describe('the journal on a file layer with faults', () => {
  let before: ReadonlySet<number>;

  beforeAll(async () => {
    const source = join(import.meta.dirname, 'testing/fault-layer.c');
    await run('gcc', ['-shared', '-fPIC', '-O0', '-o', layer, source], {});
    writer = bundleProgram('fault-writer', folder);
    before = (await write(seed, 'kill', 300)).kept;
    const path = join(folder, 'count');
    cpSync(seed, path, { recursive: true });
    const { kept } = await write(path, 'count', 0);
    calls = Number(readFileSync(join(folder, 'calls'), 'utf8'));
    expect(kept.size).toBeGreaterThan(20);
    expect(await found(path)).toEqual(kept.union(before));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has many places to fail at', () => {
    expect(before.size).toBeGreaterThan(10);
    expect(calls).toBeGreaterThan(300);
  });

  test.each(kinds)(
    'survives %s',
    async (kind) => {
      const step = deep ? 1 : Math.floor(calls / places);
      // Each kind begins elsewhere: together they meet every sort of call.
      const begin = deep ? 1 : 1 + ((kinds.indexOf(kind) * 31) % step);
      let next = begin;
      const lane = async (): Promise<void> => {
        for (let at = next; at <= calls; at = next) {
          next = at + step;
          await tryOne(kind, at, before);
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
    },
    deep ? 3_600_000 : 120_000,
  );
});
