import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { frameOf, framesOf } from './frames.ts';

async function* streamOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function read(pieces: readonly Uint8Array[], longest = 1000): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of framesOf(streamOf(pieces), longest)) texts.push(text);
  return texts;
}

test('documents come as they went, however the stream is cut', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
      async (texts, cuts) => {
        const whole = Buffer.concat(texts.map((text) => frameOf(text)));
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < whole.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1;
          pieces.push(whole.subarray(at, at + size));
          at += size;
        }
        expect(await read(pieces)).toEqual(texts);
      },
    ),
    { numRuns: 300 },
  ));

test('one that is too long is refused before it comes; half of one is nothing', async () => {
  await expect(read([Uint8Array.of(0x7f, 0xff, 0xff, 0xff)])).rejects.toThrow(/2147483647 bytes/);
  await expect(read([frameOf('x'.repeat(1001))])).rejects.toThrow();
  expect(await read([frameOf('whole'), frameOf('half').subarray(0, 6)])).toEqual(['whole']);
});

test('a sender of single bytes costs no more than another', async () => {
  const size = 900_000;
  const frame = frameOf('x'.repeat(size));
  let moved = 0;
  const set: Uint8Array['set'] = Reflect.get(Uint8Array.prototype, 'set');
  Uint8Array.prototype.set = function (source: ArrayLike<number>, offset?: number) {
    moved += source.length;
    set.call(this, source, offset);
  };
  try {
    const [text] = await read(
      Array.from(frame, (byte) => Uint8Array.of(byte)),
      size,
    );
    expect(text?.length).toBe(size);
  } finally {
    Uint8Array.prototype.set = set;
  }
  // Joined anew for each byte it would be 400 GB.
  expect(moved).toBeLessThan(3 * size);
}, 60_000);
