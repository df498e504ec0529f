/** What a backup's hooks leave to the host, and what is copied at once because it would be lost otherwise. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { containerLayout, Paths } from '../files/paths.ts';
import { BackupCopies } from './copies.ts';

let backup: string;
let made: string[];
let copies: BackupCopies;

beforeEach(() => {
  backup = mkdtempSync(join(tmpdir(), 'hearth-copies-'));
  made = [];
  const layout = { ...containerLayout, backup };
  copies = new BackupCopies(new Paths(layout), layout, ({ source, options }, _paths, more = []) => {
    made.push([source, ...options, ...more].join(' '));
  });
});
afterEach(() => rmSync(backup, { recursive: true }));

const main = '/media/startos/volumes/main/';
const copy = (from = main, to = 'volumes/main/') =>
  copies.note(['--delete', '-a', from, `/media/startos/backup/${to}`]);
const pair = { volume: 'main', subpath: '', destination: 'volumes/main', excludes: [] };

test('a copy is left to the host, whatever is read or written beside it', () => {
  expect(copy()).toBe(true);
  copies.beforeCall('fs.writeFile', ['/media/startos/backup/dataVersion.txt', '1.0.0:0']);
  copies.beforeCall('fs.readFile', [`${main}letter`]);
  copies.beforeCall('fs.rm', ['/media/startos/volumes/other/letter']);
  expect(copies.take()).toEqual({ pairs: [pair] });
  expect(made).toEqual([]);
});

test.each([
  ['a removal', 'fs.rm', [`${main}dump`, false, true]],
  ['a move out of it', 'fs.rename', [`${main}dump`, '/media/startos/volumes/other/dump']],
  ['a way around', 'fs.writeFile', ['/media/startos/volumes/other/../main/dump', '']],
  ['a file opened before', 'fs.write', [3, null]],
])('it is made before %s', (_what, op, args) => {
  copy();
  copies.beforeCall(op, args);
  copies.beforeCall(op, args);
  expect(made).toEqual([`${main} --delete -a`]);
  expect(copies.take()).toEqual({ pairs: [] });
});

test('it is made before a program is started', () => {
  copy();
  copies.beforeProgram();
  expect(made).toHaveLength(1);
  expect(copies.take()).toEqual({ pairs: [] });
});

test('into a folder that holds something already, rsync is run', () => {
  mkdirSync(join(backup, 'volumes/main'), { recursive: true });
  writeFileSync(join(backup, 'volumes/main/letter'), 'old');
  expect(copy()).toBe(false);
});

test('into the backup folder itself, which holds more than the copy, rsync is run', () => {
  expect(copy(main, '')).toBe(false);
});

test('any other copy is none of a backup', () => {
  expect(copies.note(['-a', main, '/media/startos/volumes/other/'])).toBe(false);
  expect(copies.note(['-a', '/media/startos/backup/volumes/main/', main])).toBe(false);
});

test('what a hook adds to a copy later stays, and the copy is made beside it', () => {
  copy();
  mkdirSync(join(backup, 'volumes/main'), { recursive: true });
  writeFileSync(join(backup, 'volumes/main/note'), 'added');
  expect(copies.take()).toEqual({ pairs: [] });
  expect(made).toEqual([`${main} -a --ignore-existing`]);
});
