import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnyPlugin, definePlugin, type Places, serviceRef } from '@hearth/contract';
import { z } from 'zod';
import { createEvents } from './events.ts';
import { createLog } from './log.ts';
import { MemoryJournal } from './state/memory-journal.ts';
import { openStore } from './state/store.ts';
import { type BootRow, Supervisor } from './supervisor.ts';

const log = createLog('silent');
const oneRef = serviceRef<{ value: number }>('one');
const twoRef = serviceRef<string>('two');

describe('Supervisor', () => {
  let folder: string;
  let said: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-supervisor-'));
    said = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A plugin that says what happens to it, and fails where it is told. */
  const plugin = (id: string, more: Partial<AnyPlugin> & { failAt?: string; late?: string } = {}): AnyPlugin => {
    const step = (name: string) => async () => {
      said.push(`${id} ${name}`);
      if (more.failAt === name) throw new Error('broken');
      if (more.late === name) await new Promise(() => undefined);
    };
    return definePlugin({
      id,
      version: '1.0.0',
      about: id,
      requires: {},
      deadlines: { startMs: 150, readyMs: 150, stopMs: 150 },
      setup: (_, scope) => {
        said.push(`${id} setup`);
        if (more.failAt === 'setup') throw new Error('broken');
        scope.onStop('timer', () => void said.push(`${id} undo 1`));
        scope.onStop('socket', () => void said.push(`${id} undo 2`));
        return { service: `service of ${id}`, start: step('start'), ready: step('ready'), stop: step('stop') };
      },
      ...more,
    }) as AnyPlugin;
  };
  const supervise = async (plugins: AnyPlugin[], scale = 1) => {
    const reports: (readonly BootRow[])[] = [];
    const store = await openStore(new MemoryJournal(), { log });
    const events = createEvents(log);
    const supervisor = new Supervisor(plugins, {
      log,
      store,
      events,
      places: { data: folder } as Places,
      config: { a: { answer: 42 } },
      given: new Map([['one', { value: 1 }]]),
      deadlineScale: scale,
      report: (rows) => reports.push(rows),
    });
    return { supervisor, reports, store, events };
  };
  const run = async (plugins: AnyPlugin[]) => {
    const made = await supervise(plugins);
    made.supervisor.setup();
    await made.supervisor.start();
    await made.supervisor.ready();
    return made;
  };
  const outcomes = (supervisor: Supervisor) =>
    Object.fromEntries(supervisor.rows.map((row) => [row.plugin, row.outcome]));

  test('sets up, starts, readies in order of need, and stops in reverse', async () => {
    const { supervisor, reports } = await run([
      plugin('b', { requires: { two: twoRef } }),
      plugin('a', { provides: twoRef }),
    ]);
    await supervisor.stop();
    await supervisor.stop();
    expect(said).toEqual([
      ...['a setup', 'b setup', 'a start', 'b start', 'a ready', 'b ready'],
      ...['b stop', 'b undo 2', 'b undo 1', 'a stop', 'a undo 2', 'a undo 1'],
    ]);
    expect(reports.at(-1)).toEqual([
      expect.objectContaining({ plugin: 'a', phase: 'running', outcome: 'ok', error: null }),
      expect.objectContaining({ plugin: 'b', phase: 'running', outcome: 'ok', error: null }),
    ]);
    expect(statSync(join(folder, 'kernel/plugins/a')).mode & 0o777).toBe(0o700);
  });

  test('hands each plugin its needs, its configuration and its slices', async () => {
    const seen: unknown[] = [];
    const curious = definePlugin({
      id: 'a',
      version: '1.0.0',
      about: 'a',
      requires: { one: oneRef },
      state: { schema: z.object({ n: z.number() }), initial: { n: 0 } },
      setup: ({ one }, scope) => {
        seen.push(one.value, scope.config, scope.state.read(), scope.folder);
        expect(() => scope.secret.read()).toThrow(expect.objectContaining({ code: 'kernel.noSlice' }));
        return {};
      },
    });
    const { store } = await run([curious as AnyPlugin]);
    expect(seen).toEqual([1, { answer: 42 }, { n: 0 }, join(folder, 'kernel/plugins/a')]);
    expect(store.snapshot().value).toEqual({ a: { n: 0 } });
  });

  test.each(['setup', 'start', 'ready'])(
    'a plugin that fails at %s fails alone; dependants are skipped',
    async (failAt) => {
      const { supervisor, events } = await run([
        plugin('bad', { failAt, provides: twoRef }),
        plugin('needs', { requires: { two: twoRef } }),
        plugin('good'),
      ]);
      expect(outcomes(supervisor)).toEqual({ bad: 'failed', good: 'ok', needs: 'skipped' });
      expect(supervisor.rows.find((row) => row.plugin === 'needs')?.error).toEqual({
        code: 'kernel.dependencyFailed',
        message: 'Skipped because "bad" did not start',
      });
      expect(supervisor.broken).toBe(false);
      expect(supervisor.provided('two')).toBe(null);
      if (failAt !== 'setup') expect(said).toContain('bad undo 1');
      await expect(supervisor.up('bad')).rejects.toMatchObject({ kind: 'UNAVAILABLE' });
      await expect(supervisor.up('good')).resolves.toBeUndefined();
      await supervisor.stop();
      expect(events.size).toBe(0);
    },
  );

  test('an essential one marks the whole as broken', async () => {
    const { supervisor } = await run([plugin('bad', { failAt: 'start', essential: true })]);
    expect(supervisor.broken).toBe(true);
  });

  test.each(['start', 'ready', 'stop'])('a %s that never ends is given up at its deadline', async (late) => {
    const { supervisor } = await run([plugin('slow', { late }), plugin('good')]);
    if (late !== 'stop')
      expect(supervisor.rows.find((row) => row.plugin === 'slow')).toMatchObject({
        phase: late,
        outcome: 'failed',
        error: { code: 'kernel.deadline' },
      });
    await supervisor.stop();
    expect(said).toEqual(expect.arrayContaining(['slow undo 1', 'good undo 1']));
  });

  test('a service that was promised must be there', async () => {
    const { supervisor } = await run([plugin('liar', { provides: twoRef, setup: () => ({}) })]);
    expect(supervisor.rows[0]?.error?.code).toBe('kernel.notProvided');
  });
});
