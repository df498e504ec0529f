import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  descriptorPath,
  makeFolderBeneath,
  openBeneath,
  openFileBeneath,
  readBeneath,
  useBeneath,
  writeBeneath,
} from './beneath.ts';

const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hearth-beneath-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('beneath', () => {
  test('opens what is there', () => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'a/b/c'), 'x');
    expect(readBeneath(root, 'a/./b//c', 10).toString()).toBe('x');
    expect(useBeneath(root, '', (found) => statSync(descriptorPath(found)).ino)).toBe(statSync(root).ino);
  });

  test.each(['..', 'a/../..', '../x', 'a/..'])('refuses %s', (path) => {
    mkdirSync(join(root, 'a'));
    expect(() => openBeneath(root, path)).toThrow(expect.objectContaining({ code: 'engine.pathEscapes' }));
  });

  test('refuses a link as any part, also one to a place inside', () => {
    mkdirSync(join(root, 'real/inner'), { recursive: true });
    symlinkSync('/etc', join(root, 'out'));
    symlinkSync('real', join(root, 'in'));
    for (const path of ['out', 'out/passwd', 'in', 'in/inner']) {
      expect(() => openBeneath(root, path)).toThrow(expect.objectContaining({ code: 'engine.pathIsLink' }));
    }
    expect(() => makeFolderBeneath(root, 'out/made', owner)).toThrow(
      expect.objectContaining({ code: 'engine.pathIsLink' }),
    );
    expect(() => openFileBeneath(root, 'in/made', owner)).toThrow(
      expect.objectContaining({ code: 'engine.pathIsLink' }),
    );
  });

  test('says what is missing and what is no folder', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => openBeneath(root, 'none')).toThrow(expect.objectContaining({ code: 'engine.pathMissing' }));
    expect(() => openBeneath(root, 'file/x')).toThrow(expect.objectContaining({ code: 'engine.pathNotFolder' }));
    expect(() => makeFolderBeneath(root, 'file', owner)).toThrow(
      expect.objectContaining({ code: 'engine.pathNotFolder' }),
    );
  });

  test('makes folders and files with their owner, and finds them again', () => {
    makeFolderBeneath(root, 'a/b', owner, 0o750);
    makeFolderBeneath(root, 'a/b', owner, 0o700);
    expect(statSync(join(root, 'a/b')).mode & 0o777).toBe(0o750);
    closeSync(openFileBeneath(root, 'a/b/file', owner));
    closeSync(openFileBeneath(root, 'a/b/file', owner));
    expect(readFileSync(join(root, 'a/b/file'), 'utf8')).toBe('');
  });

  test('replaces a file in one step and never writes through a link', () => {
    writeFileSync(join(root, 'outside'), 'untouched');
    symlinkSync(join(root, 'outside'), join(root, 'link'));
    writeBeneath(root, 'link', 'new', owner, 0o640);
    expect(readFileSync(join(root, 'outside'), 'utf8')).toBe('untouched');
    expect(readBeneath(root, 'link', 10).toString()).toBe('new');
    expect(statSync(join(root, 'link')).mode & 0o777).toBe(0o640);
  });

  test('reads files with one name only, and none that is too large', () => {
    writeFileSync(join(root, 'one'), 'secret');
    linkSync(join(root, 'one'), join(root, 'two'));
    expect(() => readBeneath(root, 'two', 10)).toThrow(expect.objectContaining({ code: 'engine.pathNotFile' }));
    writeFileSync(join(root, 'large'), 'x'.repeat(11));
    expect(() => readBeneath(root, 'large', 10)).toThrow(expect.objectContaining({ code: 'engine.pathTooLarge' }));
  });
});
