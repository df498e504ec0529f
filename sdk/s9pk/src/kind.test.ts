import { expect, test } from '@jest/globals';
import { keyFromSeed } from './format/keys.ts';
import { MemorySource, MemorySink, openArchive, packInto, packageKind, pluginKind } from './index.ts';

const key = keyFromSeed(new Uint8Array(32).fill(3));
const tree = new Map([['plugin.json', new TextEncoder().encode('{}')]]);

async function packed(kind?: typeof pluginKind): Promise<Uint8Array> {
  const sink = new MemorySink();
  await packInto(sink, tree, { key, ...(kind && { kind }) });
  return sink.bytes();
}

test('a plugin is read as a plugin, and neither kind as the other', async () => {
  const [plugin, ofService] = [await packed(pluginKind), await packed()];
  const archive = await openArchive(new MemorySource(plugin), { kind: pluginKind });
  expect(archive.signer).toBe(Buffer.from(key.publicKey).toString('hex'));
  expect(new TextDecoder().decode(await archive.read('plugin.json'))).toBe('{}');
  await expect(openArchive(new MemorySource(plugin))).rejects.toMatchObject({ code: 's9pk.badMagic' });
  await expect(openArchive(new MemorySource(ofService), { kind: pluginKind })).rejects.toMatchObject({
    code: 's9pk.badMagic',
  });
});

test('a signature of one kind proves nothing in the other', async () => {
  for (const [from, to] of [
    [pluginKind, packageKind],
    [packageKind, pluginKind],
  ] as const) {
    const bytes = await packed(from);
    bytes.set(to.magic);
    await expect(openArchive(new MemorySource(bytes), { kind: to })).rejects.toMatchObject({
      code: 's9pk.badSignature',
    });
  }
});
