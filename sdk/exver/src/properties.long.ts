import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compareVersions,
  intersect,
  isSatisfiable,
  isWithin,
  negate,
  normalise,
  orderVersions,
  overlaps,
  parseRange,
  parseVersion,
  printRange,
  printVersion,
  sameRange,
  satisfies,
  unite,
} from './index.ts';
import { ranges, versions } from './testing/arbitraries.ts';

const check = (property: fc.IProperty<never> | fc.IRawProperty<unknown>) =>
  fc.assert(property as fc.IProperty<unknown>, { numRuns: 1000, seed: 20261123 });

describe('versions', () => {
  test('parse after print is identity', () => {
    check(fc.property(versions, (value) => expect(parseVersion(printVersion(value))).toEqual(value)));
  });

  test('comparison is antisymmetric, and equal to itself', () => {
    const mirror = { less: 'greater', greater: 'less', equal: 'equal' } as const;
    check(
      fc.property(versions, versions, (a, b) => {
        const forth = compareVersions(a, b);
        expect(compareVersions(b, a)).toBe(forth === null ? null : mirror[forth]);
        expect(compareVersions(a, a)).toBe('equal');
        expect(forth === null).toBe(a.flavor !== b.flavor);
      }),
    );
  });

  test('the order is total within a flavor and over all: transitive', () => {
    check(
      fc.property(versions, versions, versions, (a, b, c) => {
        const [low, middle, high] = [a, b, c].sort(orderVersions);
        expect(orderVersions(low!, middle!)).toBeLessThanOrEqual(0);
        expect(orderVersions(middle!, high!)).toBeLessThanOrEqual(0);
        expect(orderVersions(low!, high!)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('ranges', () => {
  test('parse after print is identity', () => {
    check(fc.property(ranges, (range) => expect(parseRange(printRange(range))).toEqual(range)));
  });

  test('normal form keeps the meaning, prints, and is its own normal form', () => {
    check(
      fc.property(ranges, fc.array(versions, { minLength: 8, maxLength: 8 }), (range, samples) => {
        const normal = normalise(range);
        for (const sample of samples) expect(satisfies(sample, normal)).toBe(satisfies(sample, range));
        expect(normalise(normal)).toEqual(normal);
        expect(parseRange(printRange(normal))).toEqual(normal);
      }),
    );
  });

  test('intersection, union and complement mean and, or and not', () => {
    check(
      fc.property(ranges, ranges, versions, (a, b, sample) => {
        const [inA, inB] = [satisfies(sample, a), satisfies(sample, b)];
        expect(satisfies(sample, intersect(a, b))).toBe(inA && inB);
        expect(satisfies(sample, unite(a, b))).toBe(inA || inB);
        expect(satisfies(sample, negate(a))).toBe(!inA);
      }),
    );
  });

  test('the algebra holds: De Morgan, and a range with its complement', () => {
    check(
      fc.property(ranges, ranges, (a, b) => {
        expect(sameRange(negate(intersect(a, b)), unite(negate(a), negate(b)))).toBe(true);
        expect(isSatisfiable(intersect(a, negate(a)))).toBe(false);
        expect(printRange(unite(a, negate(a)))).toBe('*');
        expect(overlaps(a, b)).toBe(isSatisfiable(intersect(a, b)));
        expect(isWithin(intersect(a, b), a)).toBe(true);
      }),
    );
  });

  test('a range that takes a version in is satisfiable', () => {
    check(
      fc.property(ranges, versions, (range, sample) => {
        if (satisfies(sample, range)) expect(isSatisfiable(range)).toBe(true);
      }),
    );
  });
});
