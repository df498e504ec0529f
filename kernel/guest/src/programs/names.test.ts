import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { containerLayout, Paths } from '../files/paths.ts';
import { giveNames } from './names.ts';

let folder: string;
const at = (guid: string, path = ''): string => join(folder, guid, path);
const give = (guid: string): void =>
  giveNames(
    `/media/startos/subcontainers/${guid}`,
    new Paths({ ...containerLayout, subcontainers: folder }),
    at('hosts'),
  );

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-names-'));
  writeFileSync(at('hosts'), '127.0.0.1 localhost\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('names are given to a root that has none, and to no other', () => {
  for (const guid of ['no-hosts', 'empty-hosts', 'own-hosts']) mkdirSync(at(guid, 'etc'), { recursive: true });
  writeFileSync(at('empty-hosts', 'etc/hosts'), '');
  writeFileSync(at('own-hosts', 'etc/hosts'), '10.0.0.1 mine\n');
  for (const guid of ['no-hosts', 'empty-hosts', 'own-hosts']) give(guid);
  expect(readFileSync(at('no-hosts', 'etc/hosts'), 'utf8')).toBe('127.0.0.1 localhost\n');
  expect(readFileSync(at('empty-hosts', 'etc/hosts'), 'utf8')).toBe('127.0.0.1 localhost\n');
  expect(readFileSync(at('own-hosts', 'etc/hosts'), 'utf8')).toBe('10.0.0.1 mine\n');
});

test('an image with a link in their place, or without such a folder, is left alone', () => {
  mkdirSync(at('linked-hosts', 'etc'), { recursive: true });
  writeFileSync(at('outside'), '');
  symlinkSync(at('outside'), at('linked-hosts', 'etc/hosts'));
  mkdirSync(at('without-etc'));
  for (const guid of ['linked-hosts', 'without-etc']) give(guid);
  expect(readFileSync(at('outside'), 'utf8')).toBe('');
});
