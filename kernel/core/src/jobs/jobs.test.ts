import { describe, expect, test } from '@jest/globals';
import type { JobDefinition, Step } from '@hearth/contract';
import { z } from 'zod';
import { MemoryJournal } from '../state/memory-journal.ts';
import { secondsLeft } from './progress.ts';
import { createRuntime, type JobsRuntime } from './runtime.ts';
import { type DyingStore, dyingStore, memoryEvents, quietLog } from './testing/dying-kernel.ts';

const open = ({ store }: DyingStore, events = memoryEvents()): JobsRuntime =>
  createRuntime({ slice: (definition) => store.slice(definition), events, log: quietLog });

/** A world of three rooms that steps furnish and undo clears; it outlives the kernel, as a disk does. */
function furnishing(world: string[], options: { afterCrash?: 'undo' | 'redo'; noReturn?: number; hang?: string } = {}) {
  const hanging: (() => void)[] = [];
  const step = (name: string, index: number): Step<{ owner: string }, { seen?: string[] }> => ({
    name,
    title: name,
    noReturn: options.noReturn === index,
    async run({ scratch, signal }) {
      if (!world.includes(name)) world.push(name);
      scratch.seen = [...(scratch.seen ?? []), name];
      if (options.hang !== name) return;
      hanging.splice(0).forEach((tell) => tell());
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    },
    async undo() {
      const place = world.indexOf(name);
      if (place >= 0) world.splice(place, 1);
    },
  });
  const definition: JobDefinition<{ owner: string }, { seen?: string[] }> = {
    kind: 'furnish',
    title: ({ owner }) => `Furnish for ${owner}`,
    service: ({ owner }) => owner,
    afterCrash: options.afterCrash ?? 'undo',
    steps: ['bed', 'table', 'lamp'].map(step),
    result: ({ seen }) => ({ seen: seen ?? [] }),
  };
  return { definition, hangs: new Promise<void>((resolve) => hanging.push(resolve)) };
}

describe('a job', () => {
  test('runs its steps, tells its end and forgets its input', async () => {
    const world: string[] = [];
    const store = await dyingStore();
    const events = memoryEvents();
    const jobs = open(store, events);
    jobs.define(furnishing(world).definition);
    const { job } = await jobs.start('furnish', { owner: 'ann' });
    const row = await jobs.wait(job);
    expect(row).toMatchObject({
      state: 'succeeded',
      step: null,
      error: null,
      service: 'ann',
      title: 'Furnish for ann',
    });
    expect(row.result).toEqual({ seen: ['bed', 'table', 'lamp'] });
    expect(world).toEqual(['bed', 'table', 'lamp']);
    expect(events.told).toContainEqual({
      event: 'job.finished',
      value: expect.objectContaining({ job, outcome: 'succeeded' }),
    });
    const records = (await store.crash()).store.slice({
      name: 'jobRecords',
      schema: z.record(z.string(), z.unknown()),
      initial: {},
    });
    expect(records.read()).toEqual({});
  });

  test('takes back everything in reverse when a step fails, and says why', async () => {
    const world: string[] = [];
    const jobs = open(await dyingStore());
    const { definition } = furnishing(world);
    const undone: string[] = [];
    const steps = definition.steps.map((step) => ({
      ...step,
      undo: async (context: Parameters<NonNullable<typeof step.undo>>[0]) => {
        undone.push(step.name);
        await step.undo?.(context);
      },
    }));
    const broken = { name: 'rug', title: 'rug', run: () => Promise.reject(new Error('moths')) };
    jobs.define({ ...definition, steps: [...steps, broken] });
    const row = await jobs.wait((await jobs.start('furnish', { owner: 'ann' })).job);
    expect(row).toMatchObject({ state: 'failed', step: 'rug', error: { code: 'hearth.internal' } });
    expect(undone).toEqual(['lamp', 'table', 'bed']);
    expect(world).toEqual([]);
  });

  test('names what could not be undone', async () => {
    const jobs = open(await dyingStore());
    const stuck: Step<unknown, object> = {
      name: 'piano',
      title: 'piano',
      run: () => Promise.reject(new Error('too wide')),
      undo: () => Promise.reject(new Error('too heavy')),
    };
    jobs.define({ kind: 'move', title: () => 'Move', afterCrash: 'undo', steps: [stuck] });
    const row = await jobs.wait((await jobs.start('move', {})).job);
    expect(row.error?.data).toEqual({ leftBehind: ['piano'] });
  });

  test.each(['bed', 'table', 'lamp'])('is cancelled at "%s"', async (hang) => {
    const world: string[] = [];
    const jobs = open(await dyingStore());
    const { definition, hangs } = furnishing(world, { hang });
    jobs.define(definition);
    const { job } = await jobs.start('furnish', { owner: 'ann' });
    await hangs;
    await jobs.cancel(job);
    expect(await jobs.wait(job)).toMatchObject({ state: 'cancelled', error: { code: 'jobs.cancelled' } });
    expect(world).toEqual([]);
    await expect(jobs.cancel(job)).rejects.toMatchObject({ code: 'jobs.finished' });
  });

  test('refuses to be cancelled past the point of no return', async () => {
    const jobs = open(await dyingStore());
    const { definition, hangs } = furnishing([], { hang: 'lamp', noReturn: 1 });
    jobs.define(definition);
    const { job } = await jobs.start('furnish', { owner: 'ann' });
    await hangs;
    await expect(jobs.cancel(job)).rejects.toMatchObject({ code: 'jobs.pastNoReturn' });
    expect(jobs.read(job)?.cancellable).toBe(false);
    await jobs.stop();
  });

  test('owns its service alone', async () => {
    const jobs = open(await dyingStore());
    const { definition, hangs } = furnishing([], { hang: 'bed' });
    jobs.define(definition);
    await jobs.start('furnish', { owner: 'ann' });
    await hangs;
    await expect(jobs.start('furnish', { owner: 'ann' })).rejects.toMatchObject({ code: 'jobs.serviceBusy' });
    await expect(jobs.start('furnish', { owner: 'bob' })).resolves.toMatchObject({ rev: expect.any(Number) });
    await jobs.stop();
  });
});

describe('after a crash', () => {
  const crashAt = async (hang: string, options: Parameters<typeof furnishing>[1]) => {
    const world: string[] = [];
    const store = await dyingStore();
    const first = open(store);
    const { definition, hangs } = furnishing(world, { ...options, hang });
    first.define(definition);
    const { job } = await first.start('furnish', { owner: 'ann' });
    await hangs;
    const second = open(await store.crash());
    second.define(furnishing(world, options).definition);
    await second.recover();
    return { world, row: await second.wait(job) };
  };

  test.each(['bed', 'table', 'lamp'])('at "%s" an undo job leaves nothing', async (hang) => {
    const { world, row } = await crashAt(hang, { afterCrash: 'undo' });
    expect(row).toMatchObject({ state: 'failed', error: { code: 'jobs.interrupted' } });
    expect(world).toEqual([]);
  });

  test.each(['bed', 'table', 'lamp'])('at "%s" a redo job goes on with what it had left', async (hang) => {
    const { world, row } = await crashAt(hang, { afterCrash: 'redo' });
    expect(row).toMatchObject({ state: 'succeeded', result: { seen: ['bed', 'table', 'lamp'] } });
    expect(world).toEqual(['bed', 'table', 'lamp']);
  });

  test('past the point of no return even an undo job goes on', async () => {
    const { world, row } = await crashAt('lamp', { afterCrash: 'undo', noReturn: 1 });
    expect(row.state).toBe('succeeded');
    expect(world).toEqual(['bed', 'table', 'lamp']);
  });

  test('a job that was called off goes back, whatever its kind', async () => {
    const world: string[] = [];
    const store = await dyingStore();
    const first = open(store);
    const { definition, hangs } = furnishing(world, { hang: 'lamp', afterCrash: 'redo' });
    const stubborn = definition.steps.map((step) => ({ ...step, undo: () => new Promise<void>(() => undefined) }));
    first.define({ ...definition, steps: stubborn });
    const { job } = await first.start('furnish', { owner: 'ann' });
    await hangs;
    await first.cancel(job);
    const second = open(await store.crash());
    second.define(furnishing(world, { afterCrash: 'redo' }).definition);
    await second.recover();
    expect(await second.wait(job)).toMatchObject({ state: 'cancelled' });
    expect(world).toEqual([]);
  });

  test('a job nobody defines any more ends as failed', async () => {
    const store = await dyingStore();
    const first = open(store);
    const { definition, hangs } = furnishing([], { hang: 'bed' });
    first.define(definition);
    const { job } = await first.start('furnish', { owner: 'ann' });
    await hangs;
    const second = open(await store.crash());
    await second.recover();
    expect(second.read(job)).toMatchObject({ state: 'failed', error: { code: 'jobs.unknownKind' } });
  });

  test('an orderly stop leaves the job for the next boot', async () => {
    const world: string[] = [];
    const store = await dyingStore();
    const first = open(store);
    const { definition, hangs } = furnishing(world, { hang: 'table', afterCrash: 'redo' });
    first.define(definition);
    const { job } = await first.start('furnish', { owner: 'ann' });
    await hangs;
    await first.stop();
    expect(first.read(job)).toMatchObject({ state: 'running', finishedAt: null });
    const second = open(await store.crash());
    second.define(furnishing(world, { afterCrash: 'redo' }).definition);
    await second.recover();
    expect(await second.wait(job)).toMatchObject({ state: 'succeeded' });
  });
});

describe('on a full disk', () => {
  /** A disk that takes nothing from the named step on, until there is room again. */
  const filling = async (at: string, options: Parameters<typeof furnishing>[1]) => {
    const world: string[] = [];
    let [full, filled] = [false, false];
    const before = (): void => {
      if (full) throw new Error('No space left on device');
    };
    const store = await dyingStore(new MemoryJournal(), { before, after: () => undefined });
    const jobs = createRuntime({
      slice: (definition) => store.store.slice(definition),
      events: memoryEvents(),
      log: quietLog,
      pauseMs: 5,
    });
    const { definition } = furnishing(world, options);
    const reached = Promise.withResolvers<void>();
    const steps = definition.steps.map((step) => ({
      ...step,
      run: async (context: Parameters<typeof step.run>[0]) => {
        await step.run(context);
        // Once: it may run again.
        if (step.name !== at || filled) return;
        [full, filled] = [true, true];
        reached.resolve();
      },
    }));
    jobs.define({ ...definition, steps });
    const { job } = await jobs.start('furnish', { owner: 'ann' });
    await reached.promise;
    return {
      ...{ world, jobs, job, store },
      makeRoom: () => {
        full = false;
      },
    };
  };
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, 40));

  test('a job goes back, which may make room, and is over once that can be written', async () => {
    const { world, jobs, job, makeRoom } = await filling('table', {});
    await aWhile();
    expect(world).toEqual([]);
    expect(jobs.read(job)?.finishedAt).toBeNull();
    makeRoom();
    expect(await jobs.wait(job)).toMatchObject({ state: 'failed', error: { code: 'state.notDurable' } });
  });

  test('past the point of no return it waits, and goes on', async () => {
    const { world, jobs, job, makeRoom } = await filling('table', { noReturn: 1 });
    await aWhile();
    expect(jobs.read(job)).toMatchObject({ finishedAt: null, step: 'table' });
    makeRoom();
    expect(await jobs.wait(job)).toMatchObject({ state: 'succeeded' });
    expect(world).toEqual(['bed', 'table', 'lamp']);
  });

  test('a kernel that ends meanwhile leaves it to the next', async () => {
    const { world, jobs, job, store, makeRoom } = await filling('table', {});
    await aWhile();
    await jobs.stop();
    makeRoom();
    const next = open(await store.crash());
    next.define(furnishing(world).definition);
    await next.recover();
    expect(await next.wait(job)).toMatchObject({ state: 'failed', error: { code: 'jobs.interrupted' } });
    expect(world).toEqual([]);
  });
});

test('time left comes from the mean speed', () => {
  expect(secondsLeft(25, 100, 10_000)).toBe(30);
  expect(secondsLeft(0, 100, 10_000)).toBeNull();
  expect(secondsLeft(25, null, 10_000)).toBeNull();
  expect(secondsLeft(25, 100, 500)).toBeNull();
});
