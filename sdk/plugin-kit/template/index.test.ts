import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startPlugin } from '@hearth/plugin-kit/testing';
import garden from './index.ts';

const manifest: unknown = JSON.parse(readFileSync('plugin.json', 'utf8'));

void test('counts, and shows it', async () => {
  const running = await startPlugin(garden, { manifest });
  assert.deepEqual(await running.call('water', { litres: 5 }), { times: 1 });
  assert.equal(running.state()['times'], 1);
});

void test('reminds of a dry garden, and of a watered one not', async () => {
  const running = await startPlugin(garden, { manifest });
  await running.wake('look');
  assert.equal(running.notifications().length, 1);
  await running.call('water', { litres: 5 });
  await running.wake('look');
  assert.equal(running.notifications().length, 1);
});

void test('does without what the owner refused', async () => {
  const running = await startPlugin(garden, { manifest, granted: ['state', 'methods', 'panel', 'timers'] });
  await running.wake('look');
  assert.equal(running.notifications().length, 0);
});
