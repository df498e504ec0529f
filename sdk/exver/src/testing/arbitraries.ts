/** Random versions and ranges, small enough to collide often. */
import fc from 'fast-check';
import { anyVersion, noVersion, type Operator, type Range } from '../index.ts';
import { anchor, and, flavorRange, not, or } from '../range.ts';
import { type PlainVersion, plainVersion, type Version, version } from '../version.ts';

const number = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(0n, 3n) },
  { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 64n - 2n) },
);
const part = fc.oneof(number, fc.constantFrom('a', 'rc', 'RC', 'rc1', 'a-b', '-', 'z'));

export const plains: fc.Arbitrary<PlainVersion> = fc
  .tuple(
    fc.array(number, { minLength: 1, maxLength: 4 }),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }) },
    ),
  )
  .map(([numbers, prerelease]) => plainVersion(numbers, prerelease));

export const flavors = fc.constantFrom(null, null, null, 'knots', 'a', '');

export const versions: fc.Arbitrary<Version> = fc
  .tuple(plains, plains, flavors)
  .map(([upstream, downstream, flavor]) => version(upstream, downstream, flavor));

const operators: fc.Arbitrary<Operator> = fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '^', '~');

export const ranges: fc.Arbitrary<Range> = fc.letrec<{ range: Range }>((tie) => ({
  range: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(operators, versions).map(([operator, value]) => anchor(operator, value)),
    fc.constantFrom(anyVersion, noVersion, flavorRange('knots'), flavorRange(null)),
    tie('range').map(not),
    fc.array(tie('range'), { minLength: 2, maxLength: 4 }).map((parts) => and(...parts)),
    fc.array(tie('range'), { minLength: 2, maxLength: 4 }).map((parts) => or(...parts)),
  ),
})).range;
