import { describe, expect, test } from '@jest/globals';
import { exitTarget } from './migration.ts';

const version = (one: string, more: { from?: string; to?: string } = {}) => ({
  id: 'app',
  version: one,
  canMigrateFrom: more.from ?? '!',
  canMigrateTo: more.to ?? '!',
});

describe('what the present version is told it is left for', () => {
  test.each([
    ['itself, where the new one takes over from it', version('1.0:0'), version('2.0:0', { from: '>=1.0:0' }), '1.0:0'],
    [
      'the new version, where only the old one knows the way',
      version('2.0:0', { to: '^1.0:0' }),
      version('1.0:0'),
      '1.0:0',
    ],
    ['itself, where both do', version('1.0:0', { to: '*' }), version('2.0:0', { from: '*' }), '1.0:0'],
    [
      'itself, by a flavor that takes over from the plain one',
      version('1.0:0'),
      version('#knots:1.0:0', { from: '*' }),
      '1.0:0',
    ],
    [
      'itself, by the plain one that names the flavor',
      version('#knots:1.0:0'),
      version('2.0:0', { from: '^1.0:0 || ^#knots:1.0:0' }),
      '#knots:1.0:0',
    ],
  ])('%s', (_name, from, to, target) => {
    expect(exitTarget(from, to)).toBe(target);
  });

  test('what both accept, where they meet in between', () => {
    const told = exitTarget(version('3.0:0', { to: '>=1.0:0 && <3.0:0' }), version('0.5:0', { from: '<=2.0:0' }));
    expect(told).toBe('>=1:0 && <=2:0');
  });
});

describe('a path that nobody knows is refused, and says why', () => {
  test.each([
    ['neither knows it', version('1.0:0'), version('9.0:0', { from: '>=8.0:0' })],
    ['a downgrade', version('2.0:0'), version('1.0:0', { from: '<=1.0:0' })],
    ['another flavor', version('#knots:1.0:0'), version('1.0:0', { from: '^1.0:0' })],
    ['ranges that do not meet', version('3.0:0', { to: '>=2.0:0' }), version('1.0:0', { from: '<1.0:0' })],
  ])('%s', (_name, from, to) => {
    const { takesFrom, leavesFor } = { takesFrom: to.canMigrateFrom, leavesFor: from.canMigrateTo };
    const data = { from: from.version, to: to.version, takesFrom, leavesFor, service: 'app' };
    expect(() => exitTarget(from, to)).toThrow(expect.objectContaining({ code: 'services.cannotMigrate', data }));
    expect(() => exitTarget(from, to)).toThrow(takesFrom);
  });
});
