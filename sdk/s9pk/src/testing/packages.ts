/** Packages for tests: valid in every respect, their images as large as asked for. */
import { keyFromSeed } from '../format/keys.ts';
import type { SigningKey } from '../format/keys.ts';
import { utf8 } from '../format/bytes.ts';
import { packInto } from '../rewrite.ts';
import type { Tree } from '../rewrite.ts';
import type { Order } from '../draft.ts';
import { MemorySink } from '../write.ts';

export const testKey: SigningKey = keyFromSeed(Uint8Array.from({ length: 32 }, (_, at) => at));

/** Repeatable bytes that look random (xorshift). */
export function noise(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed * 2_654_435_761 + 1 || 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

export interface PackageShape {
  readonly version?: string;
  readonly architectures?: readonly string[];
  /** Bytes of each image. */
  readonly imageBytes?: number;
  /** Other images in another version. */
  readonly imageSeed?: number;
  readonly assetBytes?: number;
}

export function packageTree(shape: PackageShape = {}): Map<string, Uint8Array> {
  const architectures = shape.architectures ?? ['x86_64', 'aarch64'];
  const manifest = {
    id: 'hello-test',
    version: shape.version ?? '1.0.0:0',
    canMigrateTo: '!',
    canMigrateFrom: '*',
    title: 'Hello Test',
    description: { short: 'short', long: 'long' },
    releaseNotes: 'first',
    license: 'MIT',
    upstreamRepo: 'https://example.com/up',
    images: { main: { source: 'packed', arch: architectures, emulateMissingAs: null } },
    volumes: ['main'],
    dependencies: { other: { description: null, optional: true } },
    hardwareRequirements: { arch: architectures },
  };
  const tree = new Map<string, Uint8Array>([
    ['manifest.json', utf8(JSON.stringify(manifest))],
    ['icon.svg', utf8('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['LICENSE.md', utf8('MIT')],
    ['instructions.md', utf8('# Use it')],
    ['javascript.squashfs', noise(20_000, 1)],
    ['assets.squashfs', noise(shape.assetBytes ?? 10_000, 2)],
    ['dependencies/other/metadata.json', utf8('{"title":"Other"}')],
  ]);
  for (const [at, architecture] of architectures.entries()) {
    const folder = `images/${architecture}`;
    tree.set(`${folder}/main.squashfs`, noise(shape.imageBytes ?? 50_000, 10 + at + (shape.imageSeed ?? 0)));
    tree.set(`${folder}/main.json`, utf8('{"workdir":"/","user":"root","entrypoint":null,"cmd":null}'));
    tree.set(`${folder}/main.env`, utf8('PATH=/usr/bin'));
  }
  return tree;
}

export async function packed(tree: Tree, order: Order = 'name'): Promise<Uint8Array> {
  const sink = new MemorySink();
  await packInto(sink, tree, { key: testKey, order });
  return sink.bytes();
}
