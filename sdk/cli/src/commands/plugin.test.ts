import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CapabilityChange } from '@hearth/contract';
import { TestBox } from '../testing/box.ts';
import { hearth } from '../testing/terminal.ts';

let folder: string;
let box: TestBox;
let file: string;

const change = (capability: string, more: Partial<CapabilityChange>): CapabilityChange => ({
  ...{ capability, change: 'new', sentence: `Do ${capability}`, before: null, reason: `For ${capability}.` },
  ...{ optional: false, needsGrant: true },
  ...more,
});
const inspection = {
  ...{
    id: 'tea',
    title: 'Tea \u001b[31mClock',
    version: '1.1.0',
    about: 'Rings.',
    author: null,
    signer: 'ab'.repeat(32),
  },
  ...{ rootSighash: 'cd'.repeat(32), from: '1.0.0' as string | null, refusal: null as object | null },
  changes: [
    change('state', { change: 'same', needsGrant: false }),
    change('timers', { change: 'more', before: 'Do less' }),
    change('notifications', { optional: true }),
    change('panel', { change: 'gone', needsGrant: false }),
  ],
};
let found = inspection;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-cli-plugin-'));
  file = join(folder, 'tea.plugin');
  writeFileSync(file, 'archive');
  found = inspection;
  box = await TestBox.start(join(folder, 'box.sock'), {
    'plugin.inspect': () => found,
    'plugin.install': () => ({ id: 'tea', rev: 1 }),
    'plugin.list': () => ({ plugins: [] }),
  });
});
afterEach(async () => {
  await box.stop();
  rmSync(folder, { recursive: true });
});

const run = (...args: string[]) => hearth(['--socket', box.socket, 'plugin', ...args], { settings: folder });
const installed = () => box.calls.find(({ method }) => method === 'plugin.install')?.params;

test('inspect tells what a file asks for, in sentences, and nothing that a terminal would obey', async () => {
  const { code, out } = await run('inspect', file);
  expect(code).toBe(0);
  expect(out).toContain('1.0.0 -> 1.1.0: Rings.');
  expect(out).toMatch(/^ {2}Do state\n/m);
  expect(out).toMatch(/^\+ Do timers \(until now: Do less\)\n {6}For timers\.$/m);
  expect(out).toMatch(/^\+ Do notifications, if you like$/m);
  expect(out).toMatch(/^- Do panel\n {6}no longer asked for$/m);
  expect(out).not.toContain('\u001b');
  expect(Buffer.concat(box.uploads).toString()).toBe('archive');
});

test('install asks before it allows anything; --yes allows what is new, --grant what is named', async () => {
  const asked = await run('install', file);
  expect([asked.code, installed()]).toEqual([1, undefined]);
  expect(asked.err).toContain('--yes');
  expect(asked.err).toContain('+ Do timers');
  await run('install', file, '--yes');
  expect(installed()).toEqual({ upload: 'u1', grant: ['timers', 'notifications'], expect: 'cd'.repeat(32) });
  box.calls.length = 0;
  await run('install', file, '--grant', 'timers');
  expect(installed()).toMatchObject({ grant: ['timers'] });
});

test('install asks nothing where nothing is new, and does nothing where it is refused', async () => {
  found = { ...inspection, changes: inspection.changes.slice(0, 1) };
  expect((await run('install', file)).code).toBe(0);
  expect(installed()).toMatchObject({ grant: [] });
  box.calls.length = 0;
  found = { ...inspection, refusal: { code: 'plugins.otherSigner', message: 'Cannot update: another key signed it' } };
  const { code, err } = await run('install', file, '--yes');
  expect([code, installed()]).toEqual([1, undefined]);
  expect(err).toContain('another key signed it');
});

test('a file that is not there and a plugin that is not installed are told', async () => {
  expect((await run('install', join(folder, 'other'))).err).toContain('it is not there');
  expect((await run('show', 'tea')).err).toContain('it is not installed');
});
