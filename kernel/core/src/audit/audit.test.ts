import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '@hearth/contract';
import { createLog } from '../log.ts';
import { startTestKernel } from '../testing/index.ts';
import { createAudit } from './audit.ts';
import { aboutOf, isPrivileged } from './privileged.ts';

const log = createLog('silent');
const facts = (method: string) => ({ who: 'root', from: 'local', method, about: {}, outcome: 'ok', call: 'c' });

describe('the audit log', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-audit-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const audit = (fileBytes?: number) =>
    createAudit({ folder, log, now: () => 7, ...(fileBytes === undefined ? {} : { fileBytes }) });
  const file = () => join(folder, 'audit.jsonl');

  test('keeps rows in a chain, over restarts and files, for its owner alone', async () => {
    const first = audit(800);
    await Promise.all(Array.from({ length: 6 }, (_, at) => first.record(facts(`a.${at}`))));
    const second = audit(800);
    await second.record(facts('b'));
    const { rows, intact } = await second.read({ limit: 3 });
    expect(rows.map(({ seq, method }) => [seq, method])).toEqual([
      [7, 'b'],
      [6, 'a.5'],
      [5, 'a.4'],
    ]);
    expect(intact).toBe(true);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'audit.1.jsonl')).size).toBeGreaterThan(0);
    expect((await second.read({ before: 6, limit: 1 })).rows[0]?.seq).toBe(5);
  });

  test.each<[string, (lines: string[]) => string[]]>([
    ['changed', ([one = '', two = '', three = '']) => [one, two.replace('b.b', 'b.x'), three]],
    ['left out', ([one = '', , three = '']) => [one, three]],
    ['put in twice', ([one = '', two = '', three = '']) => [one, two, two, three]],
    ['in another order', ([one = '', two = '', three = '']) => [two, one, three]],
    ['no row at all', ([one = '', two = '', three = '']) => [one, 'x', two, three]],
  ])('tells when a line is %s', async (_, change) => {
    for (const method of ['a.a', 'b.b', 'c.c']) await audit().record(facts(method));
    expect((await audit().read({ limit: 9 })).intact).toBe(true);
    writeFileSync(file(), `${change(readFileSync(file(), 'utf8').trimEnd().split('\n')).join('\n')}\n`);
    expect((await audit().read({ limit: 9 })).intact).toBe(false);
  });

  test('goes on after a line that a crash cut short', async () => {
    await audit().record(facts('a'));
    appendFileSync(file(), '{"seq":2,"at"');
    await audit().record(facts('b'));
    const { rows } = await audit().read({ limit: 9 });
    expect(rows.map(({ seq, method }) => [seq, method])).toEqual([
      [2, 'b'],
      [1, 'a'],
    ]);
  });

  test('holds names of things, never what else went into a call', () => {
    const input = { id: 'x', ids: ['a', 'b'], password: 'swordfish', input: { token: 't' }, name: 3, path: '/p' };
    expect(aboutOf(input)).toEqual({ id: 'x', ids: 'a b' });
  });

  test('takes what changes something, and refusals; strangers cannot fill it', () => {
    const viewer: Principal = { kind: 'user', user: 'v', role: 'viewer', session: 's' };
    const nobody: Principal = { kind: 'anonymous' };
    const start = { name: 'package.start', allow: 'admin' } as const;
    const list = { name: 'audit.list', allow: 'owner' } as const;
    const login = { name: 'auth.login', allow: 'anyone' } as const;
    expect(isPrivileged(start, viewer, 'rpc.notAllowed')).toBe(true);
    expect(isPrivileged(start, nobody, 'rpc.signInFirst')).toBe(false);
    expect(isPrivileged(list, { kind: 'root' }, 'ok')).toBe(false);
    expect(isPrivileged(list, viewer, 'rpc.notAllowed')).toBe(true);
    expect(isPrivileged(login, nobody, 'accounts.wrongPassword')).toBe(true);
    expect(isPrivileged(login, nobody, 'accounts.tooManyAttempts')).toBe(false);
  });

  test('is written by every privileged call and read by the owner', async () => {
    await using kernel = await startTestKernel();
    await expect(kernel.rpc('package.start', { id: 'nothing' })).rejects.toMatchObject({ kind: 'NOT_FOUND' });
    await kernel.rpc('package.list');
    const { rows, intact } = await kernel.rpc('audit.list', {});
    expect(intact).toBe(true);
    expect(rows).toMatchObject([{ who: 'root', method: 'package.start', about: { id: 'nothing' } }]);
    expect(rows[0].outcome).not.toBe('ok');
  });
});
