/** The page about the effects tells of each one, and every test it names is there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { effects } from '@hearth/contract';
import { root } from './tool.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const files: Readonly<Record<string, string>> = {
  unit: 'kernel/core/src/services/effects/effects.test.ts',
  meaning: 'kernel/core/src/services/effects/semantics.test.ts',
  parts: 'spec/system/start-sdk-parts.system.ts',
  sdk: 'spec/system/start-sdk.system.ts',
  urls: 'spec/system/url-plugin.system.ts',
  databases: 'spec/system/databases.deep.ts',
};
/** Name, whether it can be watched, answer, file, title of the test. */
const rows = [
  ...read('spec/41-effects.md').matchAll(/^\| `([a-z0-9.-]+)`( †)? \| (.+) \| (unit|meaning|parts|sdk): (.+) \|$/gm),
].map(([, name = '', dagger, , file = '', title = '']) => ({ name, watchable: dagger !== undefined, file, title }));

describe('spec/41-effects.md', () => {
  test('has one row for every effect there is', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(effects).sort());
    expect(rows).toHaveLength(47);
  });

  test('marks those that take a callback', () => {
    const takes = Object.entries(effects).filter(
      ([, schema]) => 'shape' in schema && 'callback' in (schema.shape as object),
    );
    expect(
      rows
        .filter(({ watchable }) => watchable)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(takes.map(([name]) => name).sort());
  });

  test.each(rows)('$name is watched by a test that is there', ({ file, title }) => {
    // A title with an apostrophe stands in double quotes.
    const text = read(files[file] ?? '');
    expect(text.includes(`'${title}'`) || text.includes(`"${title}"`)).toBe(true);
  });
});

describe('spec/packages/README.md', () => {
  const parts = [
    ...read('spec/packages/README.md').matchAll(/^\| .+ \| `([a-z-]+)` \| (parts|sdk|urls|databases): (.+) \|$/gm),
  ];

  test('names the test that watches each part of the SDK, and the package is there', () => {
    expect(parts.length).toBeGreaterThan(40);
    for (const [, name = '', file = '', title = ''] of parts) {
      expect({ name, built: read(`spec/packages/${name}/startos/index.ts`).length > 0 }).toEqual({ name, built: true });
      expect({ title, there: read(files[file] ?? '').includes(title) }).toEqual({ title, there: true });
    }
  });
});
