import { expect, test } from '@jest/globals';
import { Queues } from './queue.ts';

test('what has the same key waits, whether what was before it failed or not', async () => {
  const queues = new Queues();
  const seen: string[] = [];
  const first = queues.run('a', async () => {
    await Promise.resolve();
    seen.push('first');
    throw new Error('no');
  });
  const second = queues.run('a', async () => seen.push('second'));
  const beside = queues.run('b', async () => seen.push('beside'));
  await expect(first).rejects.toThrow('no');
  await Promise.all([second, beside]);
  expect(seen).toEqual(['beside', 'first', 'second']);
});

test('is idle under a prefix once what was asked there is over, also what that asked for itself', async () => {
  const queues = new Queues();
  const gate = Promise.withResolvers<void>();
  const other = queues.run('ab', () => gate.promise);
  const seen: string[] = [];
  void queues.run('a/1', async () => {
    await Promise.resolve();
    void queues.run('a/1', async () => seen.push('behind'));
    seen.push('first');
  });
  await queues.idle('a/');
  expect(seen).toEqual(['first', 'behind']);
  gate.resolve();
  await other;
});
