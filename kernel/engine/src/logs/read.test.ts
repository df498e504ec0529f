import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Machine, machineOf } from '../host/machine.ts';
import { readLog } from './read.ts';

let root: string;
let folder: string;
let machine: Machine;
const line = (t: number, m: string) => `${JSON.stringify({ t, s: 'guest', m })}\n`;
const read = (after: string | null = null, limit = 100) => readLog(machine, { service: 'alpha', after, limit });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hearth-log-'));
  machine = machineOf({ data: root, run: root } as never);
  folder = join(machine.layout.logs, 'alpha');
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('log.read', () => {
  test('puts files in order of time and goes on from the cursor', () => {
    writeFileSync(join(folder, 'guest.log'), line(1, 'one') + line(3, 'three'));
    writeFileSync(join(folder, 'web.log'), line(2, 'two'));
    const first = read();
    expect(first.entries.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(read(first.cursor).entries).toEqual([]);
    appendFileSync(join(folder, 'web.log'), line(4, 'four'));
    expect(read(first.cursor).entries).toEqual([{ time: 4, source: 'guest', text: 'four' }]);
  });

  test('the last lines at first, then page by page without a gap', () => {
    writeFileSync(join(folder, 'guest.log'), Array.from({ length: 10 }, (_, n) => line(n, `g${n}`)).join(''));
    expect(read(null, 3).entries.map(({ text }) => text)).toEqual(['g7', 'g8', 'g9']);
    let cursor = read(null, 3).cursor;
    // Times that go back must not hide a line.
    appendFileSync(join(folder, 'guest.log'), line(50, 'late') + line(2, 'early') + line(51, 'last'));
    const told: string[] = [];
    for (let page = 0; page < 5; page += 1) {
      const next = read(cursor, 1);
      cursor = next.cursor;
      told.push(...next.entries.map(({ text }) => text));
    }
    expect(told).toEqual(['late', 'early', 'last']);
  });

  test('a rotation loses and repeats nothing', () => {
    writeFileSync(join(folder, 'guest.log'), line(1, 'one'));
    const { cursor } = read();
    appendFileSync(join(folder, 'guest.log'), line(2, 'two'));
    renameSync(join(folder, 'guest.log'), join(folder, 'guest.log.1'));
    writeFileSync(join(folder, 'guest.log'), line(3, 'three'));
    expect(read(cursor).entries.map(({ text }) => text)).toEqual(['two', 'three']);
  });

  test('plain text and half written lines', () => {
    writeFileSync(join(folder, 'web.log'), 'plain {"m"\n{broken\nhalf');
    const { entries, cursor } = read();
    expect(entries.map(({ source, text }) => [source, text])).toEqual([
      ['web', 'plain {"m"'],
      ['web', '{broken'],
    ]);
    appendFileSync(join(folder, 'web.log'), ' done\n');
    expect(read(cursor).entries.map(({ text }) => text)).toEqual(['half done']);
  });

  test('links, pipes and odd names that a container made are passed over', () => {
    symlinkSync('/etc/passwd', join(folder, 'evil.log'));
    writeFileSync(join(folder, 'not a log'), 'x\n');
    expect(read().entries).toEqual([]);
    rmSync(folder, { recursive: true });
    symlinkSync('/etc', folder);
    expect(() => read()).toThrow(expect.objectContaining({ code: 'engine.pathIsLink' }));
  });

  test('a service without a log has an empty one; a damaged cursor reads from the beginning', () => {
    expect(readLog(machine, { service: 'none', after: null, limit: 5 }).entries).toEqual([]);
    writeFileSync(join(folder, 'guest.log'), line(1, 'one'));
    expect(read('%%%').entries).toHaveLength(1);
  });
});
