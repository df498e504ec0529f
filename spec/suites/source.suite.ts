/** What every place an archive can be read from must do alike. Run by the tests of each implementation. */
import { HearthError } from '@hearth/contract';
import type { Source } from '@hearth/s9pk';
import { afterEach, describe, expect, test } from '@jest/globals';

/** Bytes that tell their place, so that a part from elsewhere shows. */
export function patterned(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 17 + (at >> 16) * 101) & 0xff);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return HearthError.is(error) ? error.code : (error as Error).name;
  }
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  // A piece may be overwritten once the next is asked for.
  for await (const piece of pieces) kept.push(piece.slice());
  return new Uint8Array(Buffer.concat(kept));
}

const same = (found: Uint8Array, expected: Uint8Array) => Buffer.compare(found, expected) === 0;

/** @param make a source of exactly these bytes */
export function sourceSuite(name: string, make: (bytes: Uint8Array) => Promise<Source>): void {
  describe(`${name} as a source`, () => {
    const opened: Source[] = [];
    const over = async (bytes: Uint8Array) => {
      const source = await make(bytes);
      opened.push(source);
      return source;
    };
    afterEach(async () => {
      for (const source of opened.splice(0)) await source.close();
    });
    const large = patterned((3 << 20) + 12_345);

    test('tells its size', async () => {
      expect((await over(large)).size).toBe(large.length);
      expect((await over(new Uint8Array(0))).size).toBe(0);
    });

    test.each([
      [0, 0],
      [0, 1],
      [0, 155],
      [65_535, 2],
      [65_536, 100],
      [1_048_575, 3],
      [large.length - 1, 1],
      [large.length, 0],
      [0, large.length],
    ])('reads at %i exactly %i bytes', async (position, length) => {
      const source = await over(large);
      const expected = large.subarray(position, position + length);
      expect(same(await source.read(position, length), expected)).toBe(true);
      expect(same(await gather(source.stream(position, length)), expected)).toBe(true);
    });

    test('reads backwards', async () => {
      const source = await over(large);
      for (const position of [3_000_000, 2_000_000, 70_000, 10]) {
        expect(same(await source.read(position, 1000), large.subarray(position, position + 1000))).toBe(true);
      }
    });

    test('what was read stays what it was', async () => {
      const source = await over(large);
      const first = await source.read(100, 100);
      first.fill(0);
      await source.read(70_000, 100_000);
      expect(same(await source.read(100, 100), large.subarray(100, 200))).toBe(true);
    });

    test('serves several readers at once', async () => {
      const source = await over(large);
      const starts = [0, 500_000, 1_000_000, 2_500_000];
      const parts = await Promise.all(starts.map((start) => gather(source.stream(start, 600_000))));
      for (const [at, start] of starts.entries()) {
        expect(same(parts[at]!, large.subarray(start, start + 600_000))).toBe(true);
      }
    });

    test('a stream that is left early harms nobody', async () => {
      const source = await over(large);
      for await (const piece of source.stream(0, large.length)) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      expect(same(await source.read(1_500_000, 10), large.subarray(1_500_000, 1_500_010))).toBe(true);
    });

    test.each([
      [large.length, 1],
      [large.length - 1, 2],
      [large.length + 5, 0],
      [2 ** 52, 1],
    ])('refuses to read at %i %i bytes that are not there', async (position, length) => {
      const source = await over(large);
      expect(await codeOf(source.read(position, length))).toBe('s9pk.truncated');
      if (length > 0) expect(await codeOf(gather(source.stream(position, length)))).toBe('s9pk.truncated');
    });

    test('an abort ends reading', async () => {
      const source = await over(large);
      expect(await codeOf(source.read(0, 10, AbortSignal.abort()))).toBe('AbortError');
      const stop = new AbortController();
      const reading = (async () => {
        for await (const piece of source.stream(0, large.length, stop.signal)) {
          expect(piece.length).toBeGreaterThan(0);
          stop.abort();
        }
      })();
      expect(await codeOf(reading)).toBe('AbortError');
      expect(same(await source.read(5, 5), large.subarray(5, 10))).toBe(true);
    });

    test('refuses to be read once it is closed; closing twice is fine', async () => {
      const source = await over(large);
      await source.close();
      await source.close();
      expect(await codeOf(source.read(0, 1))).toBe('s9pk.sourceUnreadable');
      expect(await codeOf(gather(source.stream(70_000, 1)))).toBe('s9pk.sourceUnreadable');
    });
  });
}
