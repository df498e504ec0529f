/** Programs of npm with Node on a base of Debian: built, and run in the tree that was built. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { contextOf } from './events.ts';
import { buildImage } from './image.ts';
import { debianSource, type NpmSource } from './sources.ts';

let work: string;
const phases: string[] = [];
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'hearth-npm-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const debian = debianSource.parse({ suite: 'bookworm', packages: ['libstdc++6'] });
const build = (source: Omit<NpmSource, 'node'>, cache = 'cache') => {
  const onEvent = (event: { type: string; name?: string }) => void phases.push(event.name ?? '');
  const context = contextOf(onEvent, {});
  return buildImage(
    { source: { ...source, node: '24.21.0' } },
    { folder: work, architecture: 'x86_64', cache: join(work, cache), context, name: 'main' },
  );
};

test('they stand on one base, run, and say nothing of where they came from', async () => {
  const { squashfs, environment, config } = await build({ npm: ['semver@7.7.4'], debian });
  expect(environment).toContain('PATH=/app/node_modules/.bin:');
  expect(JSON.parse(config)).toMatchObject({ workdir: '/app' });
  const tree = join(work, 'tree');
  mkdirSync(tree);
  execFileSync('sh', ['-c', `sqfs2tar ${squashfs} | tar x -C ${tree}`]);
  const said = execFileSync('chroot', [
    tree,
    '/usr/local/bin/node',
    '/app/node_modules/.bin/semver',
    '1.2.3',
    '-i',
    'minor',
  ]);
  expect(said.toString()).toBe('1.3.0\n');
  expect(statSync(join(tree, 'usr/local/bin/node')).uid).toBe(0);
  expect(readdirSync(join(tree, 'app'))).toEqual(['node_modules', 'package.json']);
  expect(readFileSync(join(tree, 'app/package.json'), 'utf8')).not.toContain('://');

  phases.length = 0;
  const other = await build({ npm: ['ms@2.1.3'], debian });
  expect(other.squashfs).not.toBe(squashfs);
  expect(phases).toContain('Image main (base) was built before');

  // All of it anew, Debian's part too: the same bytes.
  const again = await build({ npm: ['semver@7.7.4'], debian }, 'another');
  expect(readFileSync(again.squashfs).equals(readFileSync(squashfs))).toBe(true);
}, 900_000);
