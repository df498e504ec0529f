import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Supervised } from './processes.ts';

let folder: string;
let supervised: Supervised;
let lines: string[];
let deaths: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-processes-'));
  [lines, deaths] = [[], []];
});
afterEach(async () => {
  await supervised.stop(1000);
  rmSync(folder, { recursive: true });
});

function supervise(command: string, args: readonly string[], log: string): void {
  const program = { name: 'it', command, args, cwd: folder, environment: { PATH: '/usr/bin:/bin' }, log };
  supervised = new Supervised(program, (line) => lines.push(line));
  supervised.onDeath = (_name, how) => deaths.push(how);
  supervised.start();
}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await delay(10);
}

test('a disk that is full costs lines of the log, and nothing else', async () => {
  supervise('sh', ['-c', 'echo one; sleep 0.1; echo two; exit 3'], '/dev/full');
  await until(() => deaths.length === 2);
  expect(lines.slice(0, 2)).toEqual(['one', 'two']);
  expect(deaths).toEqual(['code 3', 'code 3']);
});

test('a log that could not be written is written again once it can', async () => {
  const log = join(folder, 'logs');
  supervise('sh', ['-c', 'while true; do echo line; sleep 0.1; done'], join(log, 'it.log'));
  await until(() => lines.length > 2);
  mkdirSync(log);
  await until(() => {
    try {
      return readFileSync(join(log, 'it.log'), 'utf8').includes('line');
    } catch {
      return false;
    }
  });
  expect(deaths).toEqual([]);
});

test('a long log is set aside when its program is begun', async () => {
  const log = join(folder, 'it.log');
  writeFileSync(log, Buffer.alloc(17 * 1024 * 1024, 'x'));
  supervise('sh', ['-c', 'echo new; exec sleep 60'], log);
  await until(() => lines.length === 1);
  await supervised.stop(1000);
  await until(() => readFileSync(log, 'utf8') === 'new\n');
  expect(readFileSync(`${log}.1`)).toHaveLength(17 * 1024 * 1024);
});

test('one that cannot even be begun is tried again', async () => {
  supervise(join(folder, 'nothing'), [], join(folder, 'it.log'));
  await until(() => deaths.length === 2);
  expect(deaths[0]).toContain('ENOENT');
});
