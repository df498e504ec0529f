import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { utf8 } from '../format/bytes.ts';
import { keyFromSeed } from '../format/keys.ts';
import { attacker } from '../fuzz/mutate.ts';
import { forge, rawDirectory, rawFile } from '../fuzz/raw.ts';
import { noise, packageTree, packed, testKey } from '../testing/packages.ts';
import { extract } from './extract.ts';
import { editArchive, filterArchive, openFile, packArchive, treeOf } from './files.ts';
import { verifyFile } from './verify.ts';

let folder = '';
const at = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-s9pk-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function saved(tree = packageTree(), name = 'a.s9pk') {
  writeFileSync(at(name), await packed(tree));
  return openFile(at(name));
}

test('what is packed from a folder is extracted again', async () => {
  const archive = await saved();
  await extract(archive, '', at('out'));
  const { commitment } = await packArchive(await treeOf(at('out')), at('b.s9pk'), { key: testKey });
  expect(commitment).toEqual(archive.commitment);
  expect(readFileSync(at('b.s9pk')).equals(readFileSync(at('a.s9pk')))).toBe(true);
  await archive.close();
});

test('extracts one file, replacing, and one folder, not replacing', async () => {
  const archive = await saved();
  await extract(archive, 'LICENSE.md', at('licence'));
  await extract(archive, 'LICENSE.md', at('licence'));
  expect(readFileSync(at('licence'), 'utf8')).toBe('MIT');
  await extract(archive, 'images/x86_64', at('images'));
  expect(readdirSync(at('images')).toSorted()).toEqual(['main.env', 'main.json', 'main.squashfs']);
  await expect(extract(archive, 'images', at('images'))).rejects.toMatchObject({ code: 's9pk.destinationExists' });
  await expect(extract(archive, 'nowhere', at('x'))).rejects.toMatchObject({ code: 's9pk.entryNotFound' });
  await expect(extract(archive, 'LICENSE.md/x', at('x'))).rejects.toMatchObject({ code: 's9pk.entryNotFound' });
  await expect(archive.read('images')).rejects.toMatchObject({ code: 's9pk.notAFile' });
  await archive.close();
});

test('names of 255 bytes can be extracted', async () => {
  const name = 'n'.repeat(255);
  const archive = await saved(new Map([[name, utf8('x')]]));
  await extract(archive, '', at('out'));
  await extract(archive, name, at(name));
  expect(readdirSync(at('out'))).toEqual([name]);
  await archive.close();
});

test('a damaged file leaves nothing behind', async () => {
  const bytes = await packed(packageTree());
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(at('a.s9pk'), bytes);
  const archive = await openFile(at('a.s9pk'));
  for (const work of [
    extract(archive, '', at('out')),
    filterArchive(archive, at('b.s9pk')),
    editArchive(archive, at('b.s9pk'), new Map(), { key: testKey }),
    archive.verifyAll(),
  ]) {
    await expect(work).rejects.toMatchObject({ code: 's9pk.hashMismatch' });
  }
  expect(readdirSync(folder)).toEqual(['a.s9pk']);
  await archive.close();
});

test('names that leave the folder are refused on extraction in compat mode too', async () => {
  writeFileSync(at('evil.s9pk'), forge(rawDirectory('', [rawFile('../escaped', utf8('x'))]), attacker));
  await expect(openFile(at('evil.s9pk'))).rejects.toMatchObject({ code: 's9pk.badName' });
  const archive = await openFile(at('evil.s9pk'), { mode: 'compat' });
  await expect(extract(archive, '', at('out'))).rejects.toMatchObject({ code: 's9pk.badName' });
  expect(readdirSync(folder)).toEqual(['evil.s9pk']);
  await archive.close();
});

test('links and other special files are not packed', async () => {
  mkdirSync(at('in'));
  symlinkSync('/etc/passwd', at('in/link'));
  await expect(treeOf(at('in'))).rejects.toMatchObject({ code: 's9pk.unpackable' });
});

test('a file that grows while it is packed is noticed', async () => {
  mkdirSync(at('in'));
  writeFileSync(at('in/a'), 'one');
  const tree = await treeOf(at('in'));
  writeFileSync(at('in/a'), 'one and more');
  await expect(packArchive(tree, at('a.s9pk'), { key: testKey })).rejects.toMatchObject({
    code: 's9pk.contentChanged',
  });
  expect(readdirSync(folder)).toEqual(['in']);
});

test('filtering keeps signature and commitment, and filtering again changes nothing', async () => {
  const archive = await saved();
  await filterArchive(archive, at('b.s9pk'), { architecture: 'aarch64' });
  const less = await openFile(at('b.s9pk'), { commitment: archive.commitment });
  expect(less.signer).toBe(archive.signer);
  await expect(less.read('images/x86_64/main.env')).rejects.toMatchObject({ code: 's9pk.entryMissing' });
  await filterArchive(less, at('c.s9pk'), { architecture: 'aarch64' });
  expect(readFileSync(at('c.s9pk')).equals(readFileSync(at('b.s9pk')))).toBe(true);
  await expect(filterArchive(less, at('d.s9pk'), { architecture: 'x86_64' })).rejects.toMatchObject({
    code: 's9pk.architectureAbsent',
  });
  await archive.close();
  await less.close();
});

test('what does not belong in a package is left out, what must be there is asked for', async () => {
  const tree = packageTree();
  tree.set('notes.txt', utf8('stray'));
  const stray = await saved(tree);
  await filterArchive(stray, at('b.s9pk'), { architecture: 'x86_64' });
  const kept = await openFile(at('b.s9pk'));
  expect((await kept.find('notes.txt')).type).toBe('missing');
  tree.delete('LICENSE.md');
  const incomplete = await saved(tree, 'c.s9pk');
  const refused = filterArchive(incomplete, at('d.s9pk'), { architecture: 'x86_64' });
  await expect(refused).rejects.toMatchObject({ code: 's9pk.packageIncomplete', data: { path: 'LICENSE.md' } });
  tree.set('LICENSE.md', utf8('MIT')).set('icon.png', utf8('second'));
  const twoIcons = await saved(tree, 'e.s9pk');
  await expect(filterArchive(twoIcons, at('f.s9pk'), { architecture: 'x86_64' })).rejects.toMatchObject({
    code: 's9pk.packageAmbiguous',
  });
  for (const archive of [stray, kept, incomplete, twoIcons]) await archive.close();
});

test('editing puts a new manifest under a new signature and keeps everything else', async () => {
  const archive = await saved();
  const key = keyFromSeed(new Uint8Array(32).fill(9));
  const changes = new Map<string, Uint8Array | null>([
    ['manifest.json', utf8('{"id":"other"}')],
    ['images/x86_64/new.env', utf8('A=1')],
    ['instructions.md', null],
  ]);
  await editArchive(archive, at('b.s9pk'), changes, { key });
  const edited = await openFile(at('b.s9pk'));
  expect(edited.signer).toBe(Buffer.from(key.publicKey).toString('hex'));
  expect(Buffer.from(await edited.manifest()).toString()).toBe('{"id":"other"}');
  expect(Buffer.from(await edited.read('images/x86_64/new.env')).toString()).toBe('A=1');
  await expect(edited.read('instructions.md')).rejects.toMatchObject({ code: 's9pk.entryNotFound' });
  await edited.verifyAll();
  // The same as if it had been packed so.
  await extract(edited, '', at('out'));
  const again = await packArchive(await treeOf(at('out')), at('c.s9pk'), { key, order: 'priority' });
  expect(again.commitment).toEqual(edited.commitment);
  expect(readFileSync(at('c.s9pk')).equals(readFileSync(at('b.s9pk')))).toBe(true);
  await archive.close();
  await edited.close();
});

test('editing a filtered copy commits to what editing the whole would', async () => {
  const archive = await saved();
  await filterArchive(archive, at('b.s9pk'), { architecture: 'x86_64' });
  const less = await openFile(at('b.s9pk'));
  const changes = new Map([['manifest.json', utf8('{}')]]);
  const whole = await editArchive(archive, at('c.s9pk'), changes, { key: testKey });
  const part = await editArchive(less, at('d.s9pk'), changes, { key: testKey });
  expect(part.commitment).toEqual(whole.commitment);
  await archive.close();
  await less.close();
});

test('two threads prove what one proves, and find what one finds', async () => {
  const tree = new Map([
    ['a', noise(40_000_000, 1)],
    ['b', noise(30_000_000, 2)],
    ['c', new Uint8Array(0)],
  ]);
  const { size } = await packArchive(tree, at('a.s9pk'), { key: testKey, sync: false });
  const archive = await openFile(at('a.s9pk'));
  const seen: number[] = [];
  const outcome = await verifyFile(archive, { workers: 2, progress: (done) => seen.push(done) });
  expect(outcome).toEqual({ files: 3, bytes: 70_000_000 });
  expect(seen.at(-1)).toBe(70_000_000);
  const stop = AbortSignal.abort();
  await expect(verifyFile(archive, { signal: stop })).rejects.toMatchObject({ name: 'AbortError' });
  await archive.close();

  const bytes = readFileSync(at('a.s9pk'));
  bytes[size - 5_000_000]! ^= 1;
  writeFileSync(at('a.s9pk'), bytes);
  const damaged = await openFile(at('a.s9pk'));
  await expect(verifyFile(damaged, { workers: 2 })).rejects.toMatchObject({ code: 's9pk.hashMismatch' });
  await damaged.close();
}, 60_000);
