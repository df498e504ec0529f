import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MapLine, idMap } from './idmap.ts';

const outside = (lines: readonly MapLine[], id: number) => {
  const line = lines.find(({ inside, count }) => id >= inside && id < inside + count);
  return line && line.outside + id - line.inside;
};

describe('idMap', () => {
  test('without wishes one line maps everything', () => {
    expect(idMap(200_000, [])).toEqual([{ inside: 0, outside: 200_000, count: 65_536 }]);
  });

  test('a wish wins; the id it took the place of becomes nobody', () => {
    const lines = idMap(200_000, [{ fromId: 1000, toId: 0, range: 1 }]);
    expect(outside(lines, 1000)).toBe(200_000);
    expect(outside(lines, 0)).toBeUndefined();
    expect(outside(lines, 999)).toBe(200_999);
    expect(outside(lines, 1001)).toBe(201_001);
  });

  test('a swap of two ids keeps every other', () => {
    const lines = idMap(0, [
      { fromId: 1, toId: 2, range: 1 },
      { fromId: 2, toId: 1, range: 1 },
    ]);
    expect([0, 1, 2, 3, 65_535].map((id) => outside(lines, id))).toEqual([0, 2, 1, 3, 65_535]);
  });

  test('ids outside the container are refused', () => {
    expect(() => idMap(0, [{ fromId: 65_530, toId: 0, range: 10 }])).toThrow('outside 0 to 65535');
    expect(() => idMap(0, [{ fromId: -1, toId: 0, range: 1 }])).toThrow('outside 0 to 65535');
    expect(() => idMap(0, [{ fromId: 0, toId: 0, range: 0 }])).toThrow('outside 0 to 65535');
  });

  test('whatever is wished, no id stands twice on either side and none leaves the range', () => {
    const wish = fc.record({
      fromId: fc.integer({ min: 0, max: 60_000 }),
      toId: fc.integer({ min: 0, max: 60_000 }),
      range: fc.integer({ min: 1, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 32 }), (wishes) => {
        const base = 1_000_000;
        const lines = idMap(base, wishes);
        expect(lines.length).toBeLessThanOrEqual(340);
        for (const side of ['inside', 'outside'] as const) {
          const sorted = [...lines].sort((a, b) => a[side] - b[side]);
          sorted.forEach((line, place) => {
            const from = side === 'inside' ? line.inside : line.outside - base;
            const next = sorted[place + 1];
            const end = next === undefined ? 65_536 : side === 'inside' ? next.inside : next.outside - base;
            expect(from).toBeGreaterThanOrEqual(0);
            expect(from + line.count).toBeLessThanOrEqual(end);
          });
        }
      }),
    );
  });
});
