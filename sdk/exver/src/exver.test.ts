import { describe, expect, test } from '@jest/globals';
import { HearthError } from '@hearth/contract/errors';
import {
  compareVersions,
  exverLimits,
  intersect,
  isSatisfiable,
  newest,
  normalise,
  orderPlainVersions,
  parseRange,
  parseVersion,
  printRange,
  printVersion,
  sameRange,
  satisfies,
} from './index.ts';

const text = (range: string) => printRange(parseRange(range));
const normal = (range: string) => printRange(normalise(range));

function refusal(work: () => unknown): { code: string; position: unknown } {
  try {
    work();
  } catch (error) {
    if (HearthError.is(error)) return { code: error.code, position: error.data['position'] };
    throw error;
  }
  throw new Error('was not refused');
}

describe('versions', () => {
  test.each([
    ['', 'exver.syntax', 0],
    ['1', 'exver.syntax', 1],
    ['1.2.:0', 'exver.syntax', 4],
    ['v1:0', 'exver.syntax', 0],
    ['1:0 ', 'exver.syntax', 3],
    ['1:0+build', 'exver.syntax', 3],
    ['1-:0', 'exver.syntax', 2],
    ['1-rc..1:0', 'exver.syntax', 5],
    ['#Foo:1:0', 'exver.syntax', 1],
    ['1-01:0', 'exver.leadingZero', 2],
    ['1.18446744073709551616:0', 'exver.numberTooLarge', 2],
    ['1:0-99999999999999999999', 'exver.numberTooLarge', 4],
    ['١:0', 'exver.syntax', 0],
  ])('%j is refused: %s at %d', (bad, code, position) => {
    expect(refusal(() => parseVersion(bad))).toEqual({ code, position });
  });

  test('too long a text is refused unread', () => {
    expect(refusal(() => parseVersion('1'.repeat(exverLimits.version + 1))).code).toBe('exver.tooLong');
  });

  test('leading zeros of numbers go, all else stays as written', () => {
    expect(printVersion(parseVersion('#knots:007.0-rc1.x-y:00'))).toBe('#knots:7.0-rc1.x-y:0');
  });

  test('the largest u64 is read, and compared without loss', () => {
    expect(compareVersions('18446744073709551615:0', '18446744073709551614:0')).toBe('greater');
  });

  test('an empty flavor is not the same as none', () => {
    expect(compareVersions('#:1:0', '1:0')).toBeNull();
    expect(satisfies('#:1:0', '#')).toBe(false);
    expect(printVersion(parseVersion('#:1:0'))).toBe('#:1:0');
  });

  test('plain versions have an order of their own', () => {
    expect(orderPlainVersions('0.4.0-beta.10', '0.4.0')).toBeLessThan(0);
    expect(orderPlainVersions('0.4.0-beta.10', '0.4.0-beta.9')).toBeGreaterThan(0);
  });

  test('the newest of each flavor', () => {
    expect(newest(['1:0', '#knots:3:0', '2:0', '2:0-rc', '#knots:2:0']).map(printVersion)).toEqual([
      '#knots:3:0',
      '2:0',
    ]);
  });
});

describe('ranges', () => {
  test.each([
    ['', 'exver.syntax', 0],
    ['>=1,<2', 'exver.syntax', 3],
    ['1.2.x', 'exver.syntax', 4],
    ['1.2.3:0 garbage', 'exver.syntax', 8],
    ['>=01', 'exver.leadingZero', 2],
    ['||1', 'exver.syntax', 0],
    ['1 ||', 'exver.syntax', 4],
    ['(1', 'exver.syntax', 2],
    ['1)', 'exver.syntax', 1],
    ['>=', 'exver.syntax', 2],
    ['>=1\t', 'exver.syntax', 3],
    ['#a:', 'exver.syntax', 3],
    ['^18446744073709551615', 'exver.numberTooLarge', 1],
  ])('%j is refused: %s at %d', (bad, code, position) => {
    expect(refusal(() => parseRange(bad))).toEqual({ code, position });
  });

  test('deep nesting is refused, not run', () => {
    expect(refusal(() => parseRange('('.repeat(5000))).code).toBe('exver.tooDeep');
    expect(refusal(() => parseRange(`${'!'.repeat(5000)}*`)).code).toBe('exver.tooDeep');
    expect(refusal(() => parseRange('1||1&&'.repeat(2000) + '1')).code).toBe('exver.tooDeep');
    expect(parseRange('1||'.repeat(4000) + '1')).toHaveProperty('ranges.length', 4001);
  });

  test('printing writes both operators and brackets what is mixed', () => {
    expect(text('>=1 <2 || >=5')).toBe('(>=1:0 && <2:0) || >=5:0');
    expect(text('1.2')).toBe('^1.2:0');
    expect(text('!(=1)')).toBe('!(=1:0)');
    expect(text('! (=1)')).toBe('!(=1:0)');
    expect(text('!')).toBe('!');
  });

  test('a blank repeats the operator before it', () => {
    expect(sameRange('>=2 || =1 =0', '>=2 || =1 || =0')).toBe(true);
    expect(sameRange('>=1 || =0 && <3 !=2', '((>=1 || =0) && <3) && !=2')).toBe(true);
  });

  test('normal form', () => {
    expect(normal('>=1 && >=2 && <5')).toBe('>=2:0 && <5:0');
    expect(normal('<2 || >=1')).toBe('#');
    expect(normal('>=1:0 && <=1.0:0.0')).toBe('=1:0');
    expect(normal('!(=1)')).toBe('!=1:0');
    expect(normal('* && !')).toBe('!');
    expect(normal('^1.2 || ^2')).toBe('>=1.2:0 && <3:0');
    expect(normal('>=#b:1 || #a || <1')).toBe('#a || >=#b:1:0 || <1:0');
  });

  test('neighbours: nothing lies between 0-a and 0-a.0, and nothing before 0-0', () => {
    expect(isSatisfiable('>1:0-a && <1:0-a.0')).toBe(false);
    expect(isSatisfiable('>1:0-a && <1:0-a.1')).toBe(true);
    expect(isSatisfiable('<0-0:0-0')).toBe(false);
    expect(sameRange('>=0-0:0-0', '#')).toBe(true);
  });

  test('intersection', () => {
    expect(printRange(intersect('^1.2', '>=1.5', '!=1.6:0'))).toBe('(>=1.5:0 && <1.6:0) || (>1.6:0 && <2:0)');
  });

  test('a long list is normalised in good time', () => {
    const long = Array.from({ length: 2400 }, (_, at) => `=${(at * 7919) % 2503}`).join('||');
    const before = performance.now();
    expect(normalise(long).kind).toBe('or');
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
