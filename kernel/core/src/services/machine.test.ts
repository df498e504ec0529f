import { describe, expect, test } from '@jest/globals';
import type { ActualState, ServiceStatus } from '@hearth/contract';
import { actualState } from '@hearth/contract';
import { afterLoss, apply, askers, backOffMs, decide, jobStates, maximumCrashes, type Move, moves } from './machine.ts';

const states = actualState.options;
const allMoves = Object.keys(askers) as Move[];
const status = (actual: ActualState, more: Partial<ServiceStatus> = {}): ServiceStatus => ({
  desired: 'running',
  actual,
  reason: 'because',
  since: 1000,
  deadline: null,
  startedAt: null,
  crashes: 0,
  ...more,
});
const calm = { now: 1000, blocked: null, again: false, first: () => null };

describe('moves', () => {
  const pairs = states.flatMap((from) => allMoves.map((move) => [from, move] as const));

  test.each(pairs)('%s by %s leads where the table says, or nowhere', (from, move) => {
    const to = moves[from][move];
    const told = { reason: 'so', now: 2000, limitMs: 50 };
    if (to === undefined) {
      expect(() => apply('app', status(from), move, told)).toThrow(/Cannot/);
      return;
    }
    const after = apply('app', status(from), move, told);
    expect(after).toMatchObject({ actual: to, desired: 'running', reason: 'so', since: 2000, deadline: 2050 });
    expect(after.startedAt === null).toBe(to !== 'running');
  });

  test('every state can be left, and reaches rest without the owner', () => {
    const rest = new Set<ActualState>(['stopped', 'running', 'failed']);
    for (const state of states) {
      const seen = new Set<ActualState>([state]);
      for (const each of seen) for (const to of Object.values(moves[each])) seen.add(to);
      expect([...seen].some((each) => rest.has(each))).toBe(true);
      expect(Object.keys(moves[state]).length).toBeGreaterThan(0);
    }
  });

  test('only a job moves what a job owns, and nobody asks for what the kernel finds out', () => {
    expect(askers.update).toEqual(['job']);
    expect(askers.remove).toEqual(['job']);
    for (const move of ['cameUp', 'wentDown', 'died', 'lost'] as const) expect(askers[move]).toEqual(['kernel']);
    for (const state of jobStates)
      expect(Object.keys(moves[state])).toEqual(
        state === 'updating' ? ['settle', 'cameUp', 'giveUp'] : ['settle', 'giveUp'],
      );
  });

  test('main was up since it came up, also while it is being stopped', () => {
    const up = apply('app', status('starting'), 'cameUp', { reason: '', now: 5 });
    expect(up.startedAt).toBe(5);
    expect(apply('app', up, 'stop', { reason: '', now: 6 }).startedAt).toBe(5);
    expect(apply('app', up, 'died', { reason: '', now: 6 }).startedAt).toBeNull();
  });

  test('unplanned ends are counted, a power cut is not, a stop starts again from nought', () => {
    const told = { reason: '', now: 0 };
    expect(apply('app', status('running', { crashes: 2 }), 'died', told).crashes).toBe(3);
    expect(apply('app', status('running', { crashes: 2 }), 'lost', told).crashes).toBe(2);
    expect(apply('app', status('stopping', { crashes: 2 }), 'wentDown', told).crashes).toBe(0);
    expect(apply('app', status('starting', { crashes: 2 }), 'cameUp', told).crashes).toBe(2);
  });

  test('a reason fits its row', () => {
    expect(apply('app', status('running'), 'died', { reason: 'x'.repeat(900), now: 0 }).reason).toHaveLength(500);
    expect(apply('app', status('running'), 'died', { reason: ' ', now: 0 }).reason).toBe('No reason was given');
  });
});

describe('decisions', () => {
  test.each<[ActualState, string, string]>([
    ['stopped', 'start', 'nothing'],
    ['starting', 'finish', 'stop'],
    ['running', 'nothing', 'stop'],
    ['stopping', 'finish', 'finish'],
    ['backing-up', 'finish', 'finish'],
    ['crashed', 'start', 'rest'],
    ['failed', 'nothing', 'rest'],
    ['installing', 'nothing', 'nothing'],
    ['restoring', 'nothing', 'nothing'],
    ['updating', 'nothing', 'nothing'],
    ['removing', 'nothing', 'nothing'],
  ])('%s: %s when wanted, %s when not', (actual, wanted, unwanted) => {
    const long = { ...calm, now: 1000 + 3600_000 };
    expect(decide(status(actual, { crashes: actual === 'crashed' ? 1 : 0 }), long).to).toBe(wanted);
    expect(decide(status(actual, { desired: 'stopped' }), long).to).toBe(unwanted);
  });

  test.each<[ActualState, string]>([
    ['stopped', 'hold'],
    ['starting', 'stop'],
    ['running', 'stop'],
    ['crashed', 'rest'],
  ])('an open critical task: %s leads to %s', (actual, to) => {
    expect(decide(status(actual), { ...calm, blocked: 'set a password first' }).to).toBe(to);
  });

  test('a start and the stop the owner wants let others go first; a restart and a block do not', () => {
    const first = { ...calm, first: (move: string) => `others ${move} first` };
    expect(decide(status('stopped'), first)).toEqual({ to: 'hold', reason: 'others start first' });
    expect(decide(status('running', { desired: 'stopped' }), first)).toEqual({
      to: 'hold',
      reason: 'others stop first',
    });
    expect(decide(status('running'), { ...first, again: true }).to).toBe('stop');
    expect(decide(status('running'), { ...first, blocked: 'a task' }).to).toBe('stop');
    expect(decide(status('stopped', { desired: 'stopped' }), first).to).toBe('nothing');
  });

  test('a restart stops what runs, and what stopped is started because it is wanted', () => {
    expect(decide(status('running'), { ...calm, again: true })).toEqual({ to: 'stop', reason: 'Restarting' });
    expect(decide(status('stopped'), { ...calm, again: true }).to).toBe('start');
  });

  test('a crash waits longer each time, at most a minute, and not for ever', () => {
    expect([1, 2, 3, 6, 7, 20].map(backOffMs)).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000]);
    expect(decide(status('crashed', { crashes: 3 }), calm)).toEqual({ to: 'wait', until: 5000 });
    expect(decide(status('crashed', { crashes: 3 }), { ...calm, now: 5000 }).to).toBe('start');
    expect(decide(status('crashed', { crashes: maximumCrashes }), calm).to).toBe('giveUp');
  });
});

test('what a new kernel does, for every state', () => {
  const table = Object.fromEntries(states.map((state) => [state, [afterLoss(state, true), afterLoss(state, false)]]));
  expect(table).toEqual({
    installing: ['job', 'job'],
    updating: ['job', 'job'],
    restoring: ['job', 'job'],
    removing: ['job', 'job'],
    stopped: ['clear', 'leave'],
    starting: ['adopt', 'down'],
    running: ['adopt', 'down'],
    stopping: ['clear', 'down'],
    'backing-up': ['clear', 'down'],
    crashed: ['clear', 'leave'],
    failed: ['clear', 'leave'],
  });
});
