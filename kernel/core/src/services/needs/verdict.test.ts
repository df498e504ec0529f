import { describe, expect, test } from '@jest/globals';
import type { DependencyRequirement, HealthEntry, ServiceRow } from '@hearth/contract';
import { serviceRow } from '../../../../../spec/testbed/services.ts';
import { verdictOf } from './verdict.ts';

const base = (more: Partial<ServiceRow> = {}): ServiceRow => ({ ...serviceRow('base', 2), ...more });
const need: DependencyRequirement = { kind: 'running', id: 'base', healthChecks: ['web'], versionRange: '^1.0:0' };
const good: HealthEntry = { name: 'Web', result: 'success', message: null, since: 1 };
const of = (other: ServiceRow | null, checks: Record<string, HealthEntry> = { web: good }, tasks = {}) =>
  verdictOf({ tasks }, need, other, checks);

describe('what a service needs', () => {
  test('is there, runs, and is well', () => {
    expect(of(base())).toEqual({ state: 'satisfied', reason: 'It runs' });
    const exists = { kind: 'exists', id: 'base', versionRange: '*' } as const;
    const stopped = base({ status: { ...base().status, actual: 'stopped' } });
    expect(verdictOf({ tasks: {} }, exists, stopped, {})).toEqual({ state: 'satisfied', reason: 'It is installed' });
  });

  test('is not installed, or not in a version that fits, unless that stands in for one that does', () => {
    expect(of(null)).toEqual({ state: 'missing', reason: 'It is not installed' });
    const other = base();
    other.manifest.version = '2.0.0:0';
    expect(of(other)).toEqual({
      state: 'wrong-version',
      reason: 'Version 2.0.0:0 is installed, ^1.0:0 is needed',
    });
    other.manifest.satisfies = ['1.4:0'];
    expect(of(other).state).toBe('satisfied');
    expect(verdictOf({ tasks: {} }, { ...need, versionRange: 'nonsense' }, base(), {}).state).toBe('wrong-version');
  });

  test('does not run, and why', () => {
    const status = { ...base().status, actual: 'crashed' as const, reason: 'It ran out of memory and ended' };
    expect(of(base({ status }))).toEqual({
      state: 'not-running',
      reason: 'It is crashed: It ran out of memory and ended',
    });
    expect(of(base({ status: { ...status, actual: 'stopped', reason: 'Stopped' } })).reason).toBe('It is stopped');
  });

  test('is not well: a check that fails, or has not told yet', () => {
    expect(of(base(), { web: { ...good, result: 'failure', message: 'no answer' } })).toEqual({
      state: 'unhealthy',
      reason: 'Its check "Web" says failure: no answer',
    });
    expect(of(base(), {}).reason).toBe('Its check "web" has not told anything yet');
  });

  test('is to be told something first', () => {
    const task = { packageId: 'base', actionId: 'configure', severity: 'important', reason: 'Turn it on' };
    expect(of(base(), { web: good }, { one: { active: true, task } })).toEqual({ state: 'task', reason: 'Turn it on' });
    expect(of(base(), { web: good }, { one: { active: false, task } }).state).toBe('satisfied');
  });
});
