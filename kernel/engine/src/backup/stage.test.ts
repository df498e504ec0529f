import { describe, expect, test } from '@jest/globals';
import { excludeLines, includedPaths } from './stage.ts';

const pair = (subpath: string, excludes: string[] = []) => ({ volume: 'main', subpath, destination: 'x', excludes });

describe('what restic is told', () => {
  test("rsync's patterns stay anchored at the copied folder", () => {
    expect(excludeLines('/stage', [pair('a/b', ['/cache/', '*.tmp', 'logs/'])])).toEqual([
      '/stage/volumes/main/a/b/cache',
      '/stage/volumes/main/a/b/**/*.tmp',
      '/stage/volumes/main/a/b/**/logs',
    ]);
  });

  test('nothing is expanded, nothing adds a line, and a pattern for everything is none', () => {
    expect(excludeLines('/stage', [pair('we[i]rd$', ['$HOME', 'a\n/etc', '/', '', '///'])])).toEqual([
      '/stage/volumes/main/we\\[i\\]rd$$/**/$$HOME',
      '/stage/volumes/main/we\\[i\\]rd$$/**/a/etc',
    ]);
  });

  test('paths are told once, in a fixed order', () => {
    const pairs = [pair('z'), pair(''), pair('z')];
    expect(includedPaths({ pairs, files: ['a'] })).toEqual(['files', 'hearth-backup.json', 'volumes/main']);
    expect(includedPaths({ pairs: [], files: [] })).toEqual(['hearth-backup.json']);
  });
});
