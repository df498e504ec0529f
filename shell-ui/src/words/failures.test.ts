import { globSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { errorTables } from '@hearth/contract';
import { CallError } from '../link/call-error.ts';
import { callFailureWords, failureWords } from './failures.ts';
import { failureTable } from './failure-table.ts';

const root = join(import.meta.dirname, '../../..');
/** Owners whose errors the owner of a server can meet; the others speak to packagers, to plugins, or to the log. */
const met = [
  'rpc',
  'kernel',
  'state',
  'recovery',
  'jobs',
  'services',
  'accounts',
  'marketplace',
  'backup',
  'network',
  'notifications',
  'plugins',
  's9pk',
  'pack',
];

beforeAll(async () => {
  const tables = globSync(
    [
      'kernel/*/src/**/errors.ts',
      'plugins/*/src/errors.ts',
      'sdk/{s9pk,exver}/src/errors.ts',
      'sdk/kit/src/pack/errors.ts',
    ],
    { cwd: root },
  );
  for (const file of tables) await import(join(root, file));
});

describe('the words for failures', () => {
  test.each(met)('cover every code of %s', (owner) => {
    const codes = Object.keys(errorTables.get(owner) ?? {}).map((row) => `${owner}.${row}`);
    expect(codes.length).toBeGreaterThan(0);
    const words = failureTable();
    expect(codes.filter((code) => !(code in words))).toEqual([]);
  });

  test('name no code that is gone', () => {
    const known = new Set(
      [...errorTables].flatMap(([owner, rows]) => Object.keys(rows).map((row) => `${owner}.${row}`)),
    );
    const dead = Object.keys(failureTable()).filter((code) => !/^(link|hearth|pack)\./.test(code) && !known.has(code));
    expect(dead).toEqual([]);
  });

  test('ask only for data that the error carries', () => {
    const wrong = Object.entries(failureTable()).flatMap(([code, { text, more = '' }]) => {
      const [owner = '', row = ''] = code.split('.');
      const message = errorTables.get(owner)?.[row]?.message;
      if (message === undefined) return [];
      return [...`${text} ${more}`.matchAll(/\{(\w+)\}/g)]
        .map(([, name = '']) => name)
        .filter((name) => !message.includes(`{${name}}`))
        .map((name) => `${code}: {${name}}`);
    });
    expect(wrong).toEqual([]);
  });

  test('are sentences', () => {
    for (const [code, { text, more }] of Object.entries(failureTable())) {
      expect([code, text]).toEqual([code, expect.stringMatching(/[.!?}]$/)]);
      if (more !== undefined) expect([code, more]).toEqual([code, expect.stringMatching(/[.!?:]$/)]);
    }
  });

  test('take their data, and fall back to the message of the server', () => {
    expect(failureWords({ code: 'accounts.tooManyAttempts', message: '', data: { seconds: 8 } }).text).toBe(
      'Too many tries. Wait 8 seconds, then try again.',
    );
    expect(failureWords({ code: 'new.code', message: 'Cannot do "x": no' })).toEqual({
      text: 'Cannot do "x": no.',
      more: null,
    });
  });

  test('give the number of a call that failed inside', () => {
    const error = new CallError({ code: 'hearth.internal', message: '', callId: 'c-77' });
    expect(callFailureWords(error).more).toContain('c-77');
  });
});
