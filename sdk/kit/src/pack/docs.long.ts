/**
 * The pages for packagers hold: every piece of code compiles, every package loads and stands what a package must, every
 * program runs, and no public name is without an example among them.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { publicNames } from '../../../../scripts/generate/kit-api.ts';
import { openBundle } from '../testing/package-under-test.ts';
import { walkThrough } from '../testing/walk.ts';
import { bundleScript } from './bundle.ts';

jest.setTimeout(60_000);
const root = resolve(import.meta.dirname, '../../../..');
const pages = globSync('sdk/docs/*.md', { cwd: root }).sort();

interface Piece {
  readonly name: string;
  /** `package`: defines a service. `run`: a program. `test`: of the package before it. */
  readonly kind: 'package' | 'run' | 'test';
  readonly code: string;
}

const pieces = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts(?: (run|test))?\n([\s\S]*?)^```$/gm)].map(
    ([, word, code = ''], at): Piece => ({
      name: `${basename(page, '.md')}-${at + 1}`,
      kind: (word as 'run' | 'test' | undefined) ?? 'package',
      code,
    }),
  ),
);
const ofKind = (kind: Piece['kind']) =>
  pieces.filter((piece) => piece.kind === kind).map((piece) => [piece.name, piece] as const);

let work: string;
beforeAll(() => {
  // Within the tree, where packages find the kit.
  mkdirSync(join(root, 'out'), { recursive: true });
  work = mkdtempSync(join(root, 'out/docs-'));
  for (const { name, code } of pieces) writeFileSync(join(work, `${name}.ts`), code);
  const options = { extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(options));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

test('every piece of code compiles', () => {
  const compiler = join(root, 'node_modules/typescript7/bin/tsc');
  const run = () =>
    execFileSync(process.execPath, [compiler, '-p', work], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  try {
    said = run();
  } catch (error) {
    said = (error as { stdout: string }).stdout;
  }
  expect(said).toBe('');
}, 120_000);

describe('packages', () => {
  test.each(ofKind('package'))('%s stands what a package must', async (name) => {
    const { code } = await bundleScript(join(work, `${name}.ts`));
    const opened = openBundle(code);
    // The programs of these packages are not there: one that is asked says how far it is.
    opened.machine.behaviour = (program) => {
      if (program.argv.includes('progress')) program.say('100', 'stdout');
    };
    const wrong = (await walkThrough(opened)).filter(({ problem }) => problem !== null);
    expect(wrong).toEqual([]);
  });
});

test.each(ofKind('run'))(
  '%s runs',
  (name) => {
    execFileSync(process.execPath, [join(work, `${name}.ts`)], { stdio: ['ignore', 'ignore', 'pipe'] });
  },
  60_000,
);

test('the test of the tutorial passes for the package of the tutorial', () => {
  const folder = join(work, 'guest-book');
  cpSync(join(root, 'sdk/template'), folder, { recursive: true });
  const [script, own] = ['tutorial-1', 'tutorial-2'].map((name) => readFileSync(join(work, `${name}.ts`), 'utf8'));
  writeFileSync(join(folder, 'package.ts'), script ?? '');
  writeFileSync(join(folder, 'test.ts'), own ?? '');
  const recipe = readFileSync(join(folder, 'recipe.json'), 'utf8').replace('hello-world', 'guest-book');
  writeFileSync(join(folder, 'recipe.json'), recipe);
  execFileSync(process.execPath, ['--test', 'test.ts'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
}, 60_000);

describe('public names', () => {
  const names = publicNames(root);
  const all = pieces.map(({ code }) => code).join('\n');

  test('each has words', () => {
    expect(names.filter(({ about }) => about === '').map(({ name }) => name)).toEqual([]);
  });

  test('each that is used as a value has an example', () => {
    const values = names.filter(({ kind }) => kind === 'function' || kind === 'const').map(({ name }) => name);
    expect(values.length).toBeGreaterThan(40);
    // Called, or handed over under a name.
    const isUsed = (name: string) => all.includes(`${name}(`) || new RegExp(`: ${name}\\b`).test(all);
    expect(values.filter((name) => !isUsed(name))).toEqual([]);
  });

  test('each type is named in an example', () => {
    const last = (name: string) => name.split('.').at(-1) ?? name;
    const types = names.filter(({ kind }) => kind !== 'function' && kind !== 'const').map(({ name }) => name);
    expect(types.filter((name) => !new RegExp(`\\b${last(name)}\\b`).test(all))).toEqual([]);
  });

  test('pages are found from the first one', () => {
    const first = readFileSync(join(root, 'sdk/docs/README.md'), 'utf8');
    expect(
      pages.map((page) => basename(page)).filter((page) => page !== 'README.md' && !first.includes(`(${page})`)),
    ).toEqual([]);
  });
});
