import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Refused, TestBox } from '../testing/box.ts';
import { hearth } from '../testing/terminal.ts';

let folder: string;
let box: TestBox;
let typed: string;
let ended: { code: number | null; signal: string | null } | null;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-attach-'));
  typed = '';
  ended = null;
  let told = '';
  box = await TestBox.start(join(folder, 'box.sock'), {
    'package.attach.open': ({ subcontainer }) => {
      if (subcontainer === 'none')
        throw new Refused(-32000, 'Cannot run "attach.open"', { code: 'services.scriptFailed' });
      return { attach: 't1', subcontainer: 'main' };
    },
    'package.attach.write': ({ data }) => {
      typed += Buffer.from(String(data), 'base64').toString();
      told += `you said ${typed}`;
      if (typed.endsWith('\u0004')) ended = { code: 3, signal: null };
      return {};
    },
    'package.attach.read': () => {
      const answer = { data: base64(told), ended };
      told = '';
      return answer;
    },
    'package.attach.close': () => ({}),
  });
});
afterEach(async () => {
  await box.stop();
  rmSync(folder, { recursive: true, force: true });
});

const attach = (...args: string[]) =>
  hearth(['--socket', box.socket, 'package', 'attach', ...args], { settings: folder, stdin: 'hello' });

test('what is typed goes in, what is shown comes out, and it ends with the code of what ran', async () => {
  const { code, out } = await attach('web', '--subcontainer', 'main', '--user', 'app', '--', 'sh', '-c', 'read x');
  expect([code, typed]).toEqual([3, 'hello\u0004']);
  expect(out).toContain('you said hello');
  expect(box.calls[0]).toMatchObject({
    method: 'package.attach.open',
    params: { id: 'web', subcontainer: 'main', user: 'app', command: ['sh', '-c', 'read x'], rows: 24, columns: 100 },
  });
  expect(box.calls.at(-1)).toMatchObject({ method: 'package.attach.close', params: { id: 'web', attach: 't1' } });
});

test('what does not run is said, and nothing is left open', async () => {
  const { code, err } = await attach('web', '--subcontainer', 'none');
  expect(code).toBe(1);
  expect(err).toContain('attach.open');
  expect(box.calls).toHaveLength(1);
});
