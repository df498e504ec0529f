import { readdirSync, readFileSync } from 'node:fs';
import { HearthError } from '@hearth/contract';
import { describe, expect, test } from '@jest/globals';
import { openArchive } from './archive.ts';
import type { Mode } from './format/bytes.ts';
import { fromHex, hex } from './format/bytes.ts';
import {
  keyFromPem,
  keyFromSeed,
  keyToPem,
  publicKeyFromPem,
  publicKeyToPem,
  signatureFromPem,
  signatureToPem,
} from './format/keys.ts';
import { signPrehashed, verifyPrehashed } from './format/signature.ts';
import { filterInto, packInto } from './rewrite.ts';
import { MemorySource } from './sources/memory.ts';
import { MemorySink } from './write.ts';

const folder = new URL('../../../spec/vectors/s9pk/', import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const jsonOf = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const names = readdirSync(folder)
  .filter((name) => /^0.*\.s9pk$/.test(name))
  .map((name) => name.replace('.s9pk', ''));

describe.each(names)('vector %s', (name) => {
  const bytes = bytesOf(`${name}.s9pk`);
  const told = jsonOf(`${name}.json`);

  test('opens, lists and verifies as its sidecar says', async () => {
    const archive = await openArchive(new MemorySource(bytes));
    expect(archive.commitment).toEqual({ rootSighash: told.rootSighashHex, rootMaxsize: told.rootMaxsize });
    expect(archive.signer).toBe(told.publicKeyHex);
    const listed = await archive.list();
    for (const entry of told.entries) {
      const found = listed.find(({ path }) => path === entry.path.replace(/\/$/, ''));
      expect([entry.path, found?.entry.size, hex(found!.entry.hash)]).toEqual([entry.path, entry.size, entry.hash]);
      if (found?.entry.type !== 'missing') expect(found?.entry.position).toBe(entry.at);
    }
    expect(listed).toHaveLength(told.entries.length);
    const present = listed.filter(({ entry }) => entry.type === 'file');
    await expect(archive.verifyAll()).resolves.toMatchObject({ files: present.length });
  });

  test('is written again byte for byte', async () => {
    const archive = await openArchive(new MemorySource(bytes));
    const sink = new MemorySink();
    const order = /priority|filtered/.test(name) ? 'priority' : 'name';
    await filterInto(sink, archive, { order });
    expect(hex(sink.bytes())).toBe(hex(bytes));
  });

  test('is packed byte for byte from its files, when it is whole', async () => {
    const archive = await openArchive(new MemorySource(bytes));
    const listed = await archive.list();
    if (listed.some(({ entry }) => entry.type === 'missing')) {
      expect(name).toContain('filtered');
      return;
    }
    const tree = new Map<string, Uint8Array>();
    for (const { path, entry } of listed) if (entry.type === 'file') tree.set(path, await archive.read(path));
    const sink = new MemorySink();
    const order = name.includes('priority') ? 'priority' : 'name';
    await packInto(sink, tree, { key: keyFromSeed(fromHex(told.seedHex)!), order });
    expect(hex(sink.bytes())).toBe(hex(bytes));
  });
});

test('01 rewritten in priority order is 02', async () => {
  const sink = new MemorySink();
  await filterInto(sink, await openArchive(new MemorySource(bytesOf('01-minimal.s9pk'))));
  expect(hex(sink.bytes())).toBe(hex(bytesOf('02-minimal-priority.s9pk')));
});

test('04 filtered for x86_64 is 05', async () => {
  const sink = new MemorySink();
  const archive = await openArchive(new MemorySource(bytesOf('04-multi-arch.s9pk')));
  await filterInto(sink, archive, { architecture: 'x86_64' });
  expect(hex(sink.bytes())).toBe(hex(bytesOf('05-filtered-x86_64.s9pk')));
});

const bad: { file: string; expectStrict: string; expectCompat: string }[] = jsonOf('bad/expectations.json');
/** `open: toc-hash-mismatch` of the sidecar is our `s9pk.tocHashMismatch`. */
function codeOf(expected: string): string {
  const word = expected.replace(/^\w+: /, '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `s9pk.${word}`;
}

async function outcome(file: string, mode: Mode): Promise<string> {
  try {
    const archive = await openArchive(new MemorySource(bytesOf(file)), { mode });
    try {
      await archive.verifyAll();
    } catch (error) {
      return `verify ${HearthError.from(error).code}`;
    }
    return 'ACCEPTED';
  } catch (error) {
    return `open ${HearthError.from(error).code}`;
  }
}

test.each(bad)('$file is refused for the right reason', async ({ file, expectStrict, expectCompat }) => {
  const expected = (told: string) => (told === 'ACCEPTED' ? told : `${told.split(':')[0]!} ${codeOf(told)}`);
  expect(await outcome(file, 'strict')).toBe(expected(expectStrict));
  expect(await outcome(file, 'compat')).toBe(expected(expectCompat));
});

test('signs requests as other implementations do, and reads and writes their PEM forms', () => {
  const told = jsonOf('request-signature.json');
  const key = keyFromSeed(fromHex(told.seedHex)!);
  const message = fromHex(told.signedMessageHex)!;
  const signature = signPrehashed(key.seed, message, told.context);
  expect(hex(signature)).toBe(told.signatureHex);
  expect(verifyPrehashed(key.publicKey, message, signature, told.context)).toBe(true);
  expect(verifyPrehashed(key.publicKey, message, signature, 's9pk')).toBe(false);
  expect(signatureToPem(signature)).toBe(told.signaturePem);
  expect(hex(signatureFromPem(told.signaturePem))).toBe(told.signatureHex);
  expect(publicKeyToPem(key.publicKey)).toBe(told.publicKeyPem);
  expect(hex(publicKeyFromPem(told.publicKeyPem))).toBe(hex(key.publicKey));
  expect(hex(keyFromPem(keyToPem(key)).seed)).toBe(told.seedHex);
});
