/** Archives that are signed properly and mean harm, and what they may cost. */
import { HearthError } from '@hearth/contract';
import { describe, expect, test } from '@jest/globals';
import { openArchive } from './archive.ts';
import type { Mode } from './format/bytes.ts';
import { concat, u64, utf8, varint } from './format/bytes.ts';
import { limits } from './format/limits.ts';
import { verifyPrehashed } from './format/signature.ts';
import { attacker } from './fuzz/mutate.ts';
import { forge, rawDirectory, rawFile } from './fuzz/raw.ts';
import type { RawDirectory, RawEntry } from './fuzz/raw.ts';
import { packageTree, packed } from './testing/packages.ts';
import { parse, selectFiles } from './package-files.ts';
import { draftFromTree } from './rewrite.ts';
import { MemorySource } from './sources/memory.ts';

async function codeFor(root: RawDirectory, mode: Mode = 'strict', maximum?: number): Promise<string> {
  try {
    await (await openArchive(new MemorySource(forge(root, attacker, maximum)), { mode })).verifyAll();
    return 'accepted';
  } catch (error) {
    return HearthError.from(error).code;
  }
}
const file = (name: string, change: (entry: RawEntry) => void = () => undefined): RawEntry => {
  const entry = rawFile(name, utf8('content'));
  change(entry);
  return entry;
};
const tree = (...children: RawEntry[]) => rawDirectory('', children);

describe('names', () => {
  test.each(['', '.', '..', 'a/b', '/a', 'a\\b', 'a\0', 'x'.repeat(256), 'é'.repeat(128)])(
    '%j is refused',
    async (name) => {
      expect(await codeFor(tree(file(name)))).toBe('s9pk.badName');
      expect(await codeFor(tree(file(name)), 'compat')).toBe('accepted');
    },
  );

  test.each(['x'.repeat(255), '__proto__', 'constructor', '\u{1f600}', '\ufeffbom', '...', ' '])(
    '%j is a name',
    async (name) => {
      const archive = await openArchive(new MemorySource(forge(tree(file(name)), attacker)));
      expect(Buffer.from(await archive.read(name)).toString()).toBe('content');
    },
  );

  test('bytes that are not UTF-8 are refused in both modes', async () => {
    const bad = tree(file('x', (entry) => (entry.name = Uint8Array.of(0xc3, 0x28))));
    expect(await codeFor(bad)).toBe('s9pk.badName');
    expect(await codeFor(bad, 'compat')).toBe('s9pk.badName');
  });

  test('are signed in the order of their bytes, not of UTF-16', async () => {
    const names = ['\uff5e', '\u{1f600}', 'z'];
    expect(await codeFor(tree(...names.map((name) => file(name))))).toBe('accepted');
  });
});

describe('what compat lets through and strict does not', () => {
  test.each<[string, RawDirectory, string]>([
    ['twins', tree(file('a'), file('a')), 's9pk.duplicateName'],
    [
      'bytes after the entries',
      Object.assign(tree(file('a')), { lie: { trailing: Uint8Array.of(1) } }),
      's9pk.trailingBytes',
    ],
    [
      'long varints',
      Object.assign(tree(file('a')), { lie: { count: Uint8Array.of(0x81, 0) } }),
      's9pk.varintNotShortest',
    ],
    [
      'one place for two',
      tree(
        file('a', (e) => (e.lie.position = 300n)),
        file('b', (e) => (e.lie.position = 300n)),
        rawFile('c', new Uint8Array(400)),
      ),
      's9pk.overlap',
    ],
    ['content in the header', tree(file('a', (e) => (e.lie.position = 0n))), 's9pk.overlap'],
  ])('%s', async (_, root, code) => {
    expect(await codeFor(root)).toBe(code);
    expect(['accepted', 's9pk.hashMismatch']).toContain(await codeFor(root, 'compat'));
  });
});

describe('sizes', () => {
  test.each([2n ** 40n, 2n ** 53n, 2n ** 64n - 1n])('a file of %s bytes', async (size) => {
    expect(await codeFor(tree(file('a', (entry) => (entry.lie.size = size))))).toBe('s9pk.outOfBounds');
    const compat = await codeFor(tree(file('a', (entry) => (entry.lie.size = size))), 'compat');
    expect(compat).toBe(size === 2n ** 40n ? 's9pk.fileTooLarge' : 's9pk.outOfBounds');
  });

  test('a missing file may not be larger than can be counted', async () => {
    const root = tree(file('a', (entry) => Object.assign(entry.lie, { type: 0, size: 2n ** 60n })));
    expect(await codeFor(root)).toBe('s9pk.numberTooLarge');
  });

  test('directories nested too deep, too large, too many', async () => {
    let deep: RawDirectory = rawDirectory('x', []);
    for (let at = 0; at < limits.depth; at++) deep = rawDirectory('x', [deep]);
    expect(await codeFor(tree(deep))).toBe('s9pk.tooDeep');
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => rawFile(`${'n'.repeat(200)}${at}`, new Uint8Array(0)));
    expect(await codeFor(tree(rawDirectory('d', many(5000))))).toBe('s9pk.tocTooLarge');
    const four = ['a', 'b', 'c', 'd', 'e'].map((name) => rawDirectory(name, many(4000)));
    expect(await codeFor(tree(...four))).toBe('s9pk.tocBudgetExceeded');
    const short = (count: number) =>
      Array.from({ length: count }, (_, at) => rawFile(at.toString(36), new Uint8Array(0)));
    const crowd = ['a', 'b', 'c', 'd'].map((name) => rawDirectory(name, short(8300)));
    expect(await codeFor(tree(...crowd))).toBe('s9pk.tooManyEntries');
    expect(await codeFor(tree(file('a')), 'strict', limits.rootMaxsize + 1)).toBe('s9pk.rootTocTooLarge');
  });

  test('a larger root is read when its commitment is known', async () => {
    const bytes = forge(tree(file('a')), attacker, limits.rootMaxsize + 1);
    const { parseHeader } = await import('./format/header.ts');
    const commitment = {
      rootSighash: Buffer.from(bytes.subarray(99, 131)).toString('hex'),
      rootMaxsize: limits.rootMaxsize + 1,
    };
    expect(parseHeader(bytes, commitment).commitment).toEqual(commitment);
    await expect(openArchive(new MemorySource(bytes), { commitment })).resolves.toBeDefined();
  });

  test('a file is read into memory up to the limit only', async () => {
    const archive = await openArchive(new MemorySource(await packed(packageTree())));
    await expect(archive.read('manifest.json', { limit: 10 })).rejects.toMatchObject({ code: 's9pk.fileTooLarge' });
  });
});

test('a directory that stands in many places costs no more than its budget', async () => {
  // 16 entries that all name the same stored directory, four levels deep: 65,536 visits from 4 kB.
  const bomb = (level: number): RawDirectory =>
    rawDirectory(
      '',
      level === 0
        ? []
        : Array.from({ length: 16 }, (_, at) => Object.assign(bomb(level - 1), { name: utf8(String(at)) })),
    );
  const started = performance.now();
  const bytes = forge(bomb(3), attacker);
  expect(await codeFor(bomb(3))).toBe('accepted');
  expect(bytes.length).toBeLessThan(500_000);
  expect(performance.now() - started).toBeLessThan(5000);
});

test('hostile archives cost less than 64 MiB above idle', async () => {
  const short = (count: number) =>
    Array.from({ length: count }, (_, at) => rawFile(at.toString(36), new Uint8Array(0)));
  const full = forge(tree(...['a', 'b', 'c', 'd'].map((name) => rawDirectory(name, short(8100)))), attacker);
  const huge = forge(tree(file('manifest.json', (entry) => (entry.lie.size = 2n ** 40n))), attacker);
  globalThis.gc?.();
  const idle = process.memoryUsage.rss();
  let peak = 0;
  for (const mode of ['strict', 'compat'] as const) {
    for (const bytes of [full, huge]) {
      const archive = await openArchive(new MemorySource(bytes), { mode }).catch(() => null);
      await archive?.manifest().catch(() => null);
      peak = Math.max(peak, process.memoryUsage.rss() - idle);
    }
  }
  expect(peak).toBeLessThan(64 << 20);
});

describe('signatures', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const little = (value: bigint) =>
    Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));

  test('S beyond the group order is refused, though the equation would hold', async () => {
    const bytes = await packed(new Map([['a', utf8('x')]]));
    const signature = bytes.slice(35, 99);
    let scalar = 0n;
    for (const [at, byte] of signature.subarray(32).entries()) scalar += BigInt(byte) << BigInt(8 * at);
    const malleated = concat([signature.subarray(0, 32), little(scalar + order)]);
    expect(verifyPrehashed(bytes.slice(3, 35), bytes.slice(99, 139), signature, 's9pk')).toBe(true);
    expect(verifyPrehashed(bytes.slice(3, 35), bytes.slice(99, 139), malleated, 's9pk')).toBe(false);
  });

  test('keys and points of small order are refused', () => {
    const one = concat([Uint8Array.of(1), new Uint8Array(31)]);
    const zero = new Uint8Array(32);
    const message = concat([zero, u64(5)]);
    // The neutral element as key: any message would verify under the permissive rules.
    expect(verifyPrehashed(one, message, concat([one, zero]), 's9pk')).toBe(false);
    // Its other encoding, y = p + 1.
    const alias = little(2n ** 255n - 19n + 1n);
    expect(verifyPrehashed(alias, message, concat([one, zero]), 's9pk')).toBe(false);
    expect(verifyPrehashed(zero, message, new Uint8Array(64), 's9pk')).toBe(false);
  });

  test('a signature by another key, over another size, or of another context is refused', async () => {
    const bytes = await packed(new Map([['a', utf8('x')]]));
    for (const at of [3, 34, 35, 66, 67, 98, 99, 130, 131, 138]) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      await expect(openArchive(new MemorySource(changed))).rejects.toMatchObject({ code: 's9pk.badSignature' });
    }
  });
});

describe('what a package consists of', () => {
  const manifest = (images: Record<string, unknown>, arch: string[] | null = null) =>
    parse(utf8(JSON.stringify({ images, dependencies: {}, hardwareRequirements: { arch } })));
  const base = ['manifest.json', 'LICENSE.md', 'javascript.squashfs', 'icon.png'];
  const image = (folder: string, id = 'main') =>
    ['squashfs', 'json', 'env'].map((end) => `images/${folder}/${id}.${end}`);

  test('an image that is not built for an architecture comes from the one it is emulated as', () => {
    const emulated = manifest({ main: { source: 'packed', arch: ['aarch64'], emulateMissingAs: 'aarch64' } });
    const files = new Set([...base, ...image('aarch64')]);
    expect([...selectFiles(files, emulated, 'riscv64').keep]).toEqual(expect.arrayContaining(image('aarch64')));
    const not = manifest({ main: { source: 'packed', arch: ['aarch64'] } });
    expect(() => selectFiles(files, not, 'riscv64')).toThrow(
      expect.objectContaining({ code: 's9pk.architectureAbsent' }),
    );
  });

  test('without an architecture, all that the package is for are asked for', () => {
    const both = manifest({ main: { source: 'packed' } }, ['x86_64', 'aarch64']);
    const files = new Set([...base, ...image('x86_64')]);
    expect(() => selectFiles(files, both, null)).toThrow(expect.objectContaining({ code: 's9pk.architectureAbsent' }));
    const { keep, warnings } = selectFiles(new Set([...files, ...image('aarch64')]), both, null);
    expect(keep.size).toBe(base.length + 6);
    expect(warnings).toEqual(['instructions.md is not there', 'assets.squashfs is not there']);
  });

  test('the older form of assets is kept whole', () => {
    const files = new Set([...base, 'assets/a', 'assets/b/c']);
    expect(selectFiles(files, manifest({}), 'x86_64').keep).toContain('assets/b/c');
  });

  test.each(['[]', '{', '{"images":3}'])('manifest %s is refused', (text) => {
    expect(() => parse(utf8(text))).toThrow(expect.objectContaining({ code: 's9pk.manifestInvalid' }));
  });

  test('a path cannot be a file and a folder', () => {
    const both = new Map([
      ['a', utf8('x')],
      ['a/b', utf8('y')],
    ]);
    expect(() => draftFromTree(both)).toThrow(expect.objectContaining({ code: 's9pk.unpackable' }));
    expect(() => draftFromTree(new Map([['a/../b', utf8('x')]]))).toThrow(
      expect.objectContaining({ code: 's9pk.badName' }),
    );
  });
});

test('varints are the shortest there are', () => {
  expect([0, 127, 128, 16_383, 16_384, 2 ** 40].map((value) => varint(value).length)).toEqual([1, 1, 2, 2, 3, 6]);
});
