import { expect, test } from '@jest/globals';
import type { JobRow } from '@hearth/contract';
import { lastFailure, watchJobs } from './job-news.ts';
import { StateReplica } from './replica.ts';
import type { UiState } from './slices.ts';

function job(id: string, state: JobRow['state'], startedAt = 0): JobRow {
  return {
    id,
    kind: 'package.install',
    service: 'a',
    title: `Install ${id}`,
    state,
    step: null,
    cancellable: false,
    startedAt,
    finishedAt: null,
    error: null,
    result: null,
  };
}

test('work that was seen under way is told once when it is over', () => {
  const replica = new StateReplica<UiState>();
  const told: string[] = [];
  const undo = watchJobs(replica, ({ id, state }) => told.push(`${id} ${state}`));
  const jobs = { old: job('old', 'failed'), one: job('one', 'running') };
  replica.apply({ type: 'snapshot', epoch: 'e', rev: 1, value: { jobs } });
  replica.apply({ type: 'patch', epoch: 'e', from: 1, rev: 2, ops: [[['jobs', 'one', 'state'], 'undoing']] });
  expect(told).toEqual([]);
  replica.apply({ type: 'patch', epoch: 'e', from: 2, rev: 3, ops: [[['jobs', 'one', 'state'], 'failed']] });
  replica.apply({ type: 'patch', epoch: 'e', from: 3, rev: 4, ops: [[['jobs', 'one', 'finishedAt'], 5]] });
  expect(told).toEqual(['one failed']);
  undo();
});

test('a failure counts until something newer happens', () => {
  expect(lastFailure({ one: job('one', 'failed', 1) }, 'a')?.id).toBe('one');
  expect(lastFailure({ one: job('one', 'failed', 1), two: job('two', 'running', 2) }, 'a')).toBeUndefined();
  expect(lastFailure({ one: job('one', 'failed', 1) }, 'b')).toBeUndefined();
  expect(lastFailure(undefined, 'a')).toBeUndefined();
});
