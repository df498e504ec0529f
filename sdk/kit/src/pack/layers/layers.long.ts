import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { type ArchiveOptions, imageArchive, type Member, sha256, tar } from '../../testing/image-tar.ts';
import { openImageArchive } from './archive.ts';
import { mergeLayers } from './merge.ts';
import { writeTar } from './tar-writer.ts';
import { closeLayers, unpackLayers } from './unpack.ts';

jest.setTimeout(60_000);
let folder: string;
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-layers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function saved(options: ArchiveOptions): string {
  const file = join(folder, `image-${++count}.tar`);
  writeFileSync(file, imageArchive(options));
  return file;
}

/** What is in an image, as `tar` itself lists what was written: type and mode, owner, name. */
async function listing(options: ArchiveOptions): Promise<string[]> {
  const layers = await unpackLayers(openImageArchive(saved(options), 'amd64'), folder);
  try {
    const file = join(folder, 'merged.tar');
    const pieces = [];
    for await (const piece of writeTar(mergeLayers(layers))) pieces.push(piece);
    writeFileSync(file, Buffer.concat(pieces));
    const lines = execFileSync('tar', ['tvnf', file, '--numeric-owner'], { encoding: 'utf8' }).trimEnd().split('\n');
    return lines.filter((line) => line !== '').map((line) => line.replace(/ +[0-9]+ \d{4}-\d\d-\d\d \d\d:\d\d /, ' '));
  } finally {
    closeLayers(layers);
  }
}

const content = (path: string): string =>
  execFileSync('tar', ['xOf', join(folder, 'merged.tar'), path], { encoding: 'utf8' });
const tree = (...members: Member[]) => tar(members);

const base = tree(
  { path: './' },
  { path: './etc/' },
  { path: './etc/passwd', content: 'root' },
  { path: './etc/old', content: 'old' },
  { path: './var/', uid: 5, mode: 0o1777 },
  { path: './var/cache/' },
  { path: './var/cache/a', content: 'a' },
  { path: './var/cache/b', content: 'b' },
  { path: './bin', link: 'usr/bin' },
  { path: './usr/' },
  { path: './usr/bin/' },
  { path: './usr/bin/tool', content: 'tool', mode: 0o4755 },
  { path: './usr/bin/same', link: 'usr/bin/tool', hard: true },
  { path: './dev/null', type: '3' },
);

describe.each(['gzip', 'zstd', 'none'] as const)('layers packed with %s', (compress) => {
  test.each(['oci', 'saved'] as const)('are read from %s archives', async (form) => {
    const upper = tree(
      { path: 'etc/.wh.old' },
      { path: 'var/cache/.wh..wh..opq' },
      { path: 'var/cache/c', content: 'c' },
      { path: 'usr/bin/tool', content: 'new tool' },
    );
    expect(await listing({ layers: [base, upper], compress, form })).toEqual([
      'lrwxrwxrwx 0/0 bin -> usr/bin'.replace('rwxrwxrwx', 'rw-r--r--'),
      'drwxr-xr-x 0/0 etc',
      '-rw-r--r-- 0/0 etc/passwd',
      'drwxr-xr-x 0/0 usr',
      'drwxr-xr-x 0/0 usr/bin',
      '-rwsr-xr-x 0/0 usr/bin/same',
      '-rw-r--r-- 0/0 usr/bin/tool',
      'drwxrwxrwt 5/0 var',
      'drwxr-xr-x 0/0 var/cache',
      '-rw-r--r-- 0/0 var/cache/c',
    ]);
    // A link to what an upper layer replaced keeps what it was a link to.
    expect([content('usr/bin/same'), content('usr/bin/tool')]).toEqual(['tool', 'new tool']);
  });
});

test('marks count for what lies below, wherever in their layer they stand', async () => {
  const upper = tree(
    { path: 'var/cache/' },
    { path: 'var/cache/new', content: '' },
    { path: 'var/cache/.wh..wh..opq' },
  );
  const names = (await listing({ layers: [base, upper] })).filter((line) => line.includes('cache/'));
  expect(names).toEqual(['-rw-r--r-- 0/0 var/cache/new']);
  const again = tree({ path: 'etc/.wh.passwd' }, { path: 'etc/passwd', content: 'new' });
  await listing({ layers: [base, again] });
  expect(content('etc/passwd')).toBe('new');
  const file = tree({ path: 'var', content: 'a file now' });
  expect((await listing({ layers: [base, file] })).filter((line) => line.includes('var'))).toEqual([
    '-rw-r--r-- 0/0 var',
  ]);
});

test('long names, large numbers and file capabilities come through', async () => {
  const long = `${'a'.repeat(120)}/${'b'.repeat(150)}`;
  const layer = tree({
    path: 'short',
    content: 'x',
    pax: { path: long, uid: '3000000', 'SCHILY.xattr.security.capability': 'capable' },
  });
  const [line] = await listing({ layers: [layer] });
  expect(line).toBe(`-rw-r--r-- 3000000/0 ${long}`);
});

test('of an image for several machines the one that is asked for is taken', () => {
  const file = saved({ layers: [base], others: ['riscv64', 'unknown', 'arm64'] });
  expect(openImageArchive(file, 'amd64').layers).toHaveLength(1);
  expect(() => openImageArchive(file, 'arm64')).toThrow('it lacks blobs/sha256/');
  expect(() => openImageArchive(file, 's390x')).toThrow('it has no image for s390x');
});

test('a layer that comes twice is unpacked once', async () => {
  const layers = await unpackLayers(openImageArchive(saved({ layers: [base, base] }), 'amd64'), folder);
  expect(layers[0]?.descriptor).toBe(layers[1]?.descriptor);
  closeLayers(layers);
});

describe('what is not as it says is refused', () => {
  const swap = (find: (path: string, data: Buffer) => boolean, data: Buffer) => (members: Map<string, Buffer>) => {
    for (const [path, before] of members) if (find(path, before)) members.set(path, data);
  };
  test.each<[string, ArchiveOptions, string]>([
    [
      'another layer',
      { layers: [base], compress: 'none', spoil: swap((_, data) => data.equals(base), tree({ path: 'x' })) },
      'pack.layerInvalid',
    ],
    [
      'a layer of another content',
      {
        layers: [base],
        form: 'saved',
        compress: 'none',
        spoil: swap((path) => path === '0/layer.tar', tree({ path: 'x' })),
      },
      'pack.layerInvalid',
    ],
    [
      'another configuration',
      { layers: [base], spoil: swap((_, data) => data.includes('"rootfs"'), Buffer.from('{}')) },
      'pack.archiveInvalid',
    ],
    [
      'a missing layer',
      {
        layers: [base],
        spoil: (members) => members.forEach((data, path) => data.readUInt16BE(0) === 0x1f8b && members.delete(path)),
      },
      'pack.archiveInvalid',
    ],
    ['another machine', { layers: [base], architecture: 'arm64' }, 'pack.archiveInvalid'],
    ['a path that leads out', { layers: [tree({ path: '../etc/passwd' })] }, 'pack.layerInvalid'],
    ['a link within no layer', { layers: [tree({ path: 'a', link: 'b', hard: true })] }, 'pack.layerInvalid'],
    ['a sparse file', { layers: [tree({ path: 'a', pax: { 'GNU.sparse.major': '1' } })] }, 'pack.layerInvalid'],
    ['no tar', { layers: [Buffer.alloc(1024, 'x')] }, 'pack.layerInvalid'],
    [
      'no JSON',
      { layers: [base], spoil: (members) => void members.set('index.json', Buffer.from('{')) },
      'pack.archiveInvalid',
    ],
  ])('%s', async (_, options, code) => {
    await expect(listing(options)).rejects.toMatchObject({ code });
  });

  test('a layer that unpacks to far more than it is', async () => {
    const bomb = tree({ path: 'zeros', content: '\0'.repeat(80 << 20) });
    await expect(listing({ layers: [bomb] })).rejects.toMatchObject({ code: 'pack.layerInvalid' });
  });

  test('any damage: refused by name, or harmless', async () => {
    const whole = imageArchive({ layers: [base], compress: 'none' });
    const file = join(folder, 'damaged.tar');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const damaged = Buffer.from(whole);
        damaged[at] = byte;
        writeFileSync(file, damaged);
        try {
          const archive = openImageArchive(file, 'amd64');
          const layers = await unpackLayers(archive, folder);
          try {
            expect(archive.layers.map((layer) => layer.content)).toEqual([sha256(base)]);
          } finally {
            closeLayers(layers);
          }
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^pack\.(archive|layer)Invalid$/);
        }
      }),
      { numRuns: 60 },
    );
  });
});
