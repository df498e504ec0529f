import { describe, expect, test } from '@jest/globals';
import { actualState } from '@hearth/contract';
import { makeRow } from '../build/demo/row.ts';
import { ago, bytes, fingerprint, lasted, timeLeft } from './numbers.ts';
import { passwordStrength } from './password.ts';
import { healthSummary } from './service-words.ts';

describe('numbers', () => {
  test.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1200, '1.2 kB'],
    [48_000_000, '48 MB'],
    [486_400_000, '486 MB'],
    [1_240_000_000, '1.2 GB'],
  ])('%d bytes', (count, words) => {
    expect(bytes(count, 'en')).toBe(words);
  });

  test('spans', () => {
    expect(ago(1000, 20_000, 'en')).toBe('just now');
    expect(ago(0, 3 * 60_000, 'en')).toBe('3 minutes ago');
    expect(ago(0, 25 * 3_600_000, 'en')).toBe('yesterday');
    expect(lasted(30_000, 'en')).toBe('less than a minute');
    expect(lasted(2 * 86_400_000 + 4 * 3_600_000, 'en')).toBe('2 days, 4 hours');
    expect(timeLeft(3)).toBe('a few seconds left');
    expect(timeLeft(42)).toBe('about 45 seconds left');
    expect(timeLeft(600)).toBe('about 10 minutes left');
  });

  test('fingerprints come with and without colons', () => {
    expect(fingerprint('4a7b219c')).toBe('4A:7B:21:9C');
    expect(fingerprint('4A:7B:21:9C')).toBe('4A:7B:21:9C');
  });
});

describe('passwords', () => {
  test.each([
    ['', 0],
    ['short', 1],
    ['password1234', 1],
    ['aaaaaaaaaaaaaaaa', 1],
    ['123456789012', 1],
    ['a warm fire at home', 4],
    ['Tr0ub4dor&3x', 3],
  ])('%j', (password, level) => {
    expect(passwordStrength(password).level).toBe(level);
  });
});

describe('the health of a service in one line', () => {
  const status = {
    desired: 'running',
    actual: 'running',
    reason: '',
    since: 0,
    deadline: null,
    startedAt: 0,
    crashes: 0,
  } as const;
  const row = makeRow({ id: 'a', title: 'A', version: '1:0', short: '', long: '', index: 2, status }, 0);
  const check = (name: string, result: 'success' | 'failure' | 'loading' | 'disabled', message: string | null = null) =>
    ({ name, result, message, since: 0 }) as const;

  test('names the worst', () => {
    expect(healthSummary(row, { a: check('Web', 'success'), b: check('Sync', 'failure') })).toEqual({
      tone: 'bad',
      text: 'Sync is failing',
    });
    expect(healthSummary(row, { a: check('Web', 'failure'), b: check('Sync', 'failure') })?.text).toBe(
      '2 checks are failing',
    );
    expect(healthSummary(row, { a: check('Web', 'success'), b: check('Sync', 'loading', '80 %') })).toEqual({
      tone: 'busy',
      text: '80 %',
    });
    expect(healthSummary(row, { a: check('Web', 'success'), b: check('Relay', 'disabled') })?.tone).toBe('good');
  });

  test('says nothing where nothing is known', () => {
    expect(healthSummary(row, undefined)).toBeNull();
    expect(healthSummary({ ...row, status: { ...status, actual: 'stopped', reason: 'Stopped' } }, {})).toBeNull();
  });

  test.each(actualState.options.filter((state) => state !== 'running'))('gives the reason for %s', (actual) => {
    const told = { ...row, status: { ...status, actual, reason: 'Because of the moon' } };
    expect(healthSummary(told, undefined)?.text).toBe('Because of the moon');
  });

  test('tells the reason of a failure before any check', () => {
    const failed = { ...row, status: { ...status, actual: 'failed', reason: 'Ended 5 times' } } as const;
    expect(healthSummary(failed, { a: check('Web', 'success') })).toEqual({ tone: 'bad', text: 'Ended 5 times' });
  });
});
