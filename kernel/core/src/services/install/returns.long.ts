/**
 * Two hundred updates with something wrong in each: two hundred end with a service that runs, on the old version with its
 * data as it was, or, where the fault came too late to matter, on the new one.
 *
 * The journal is the real one; the machine is one in memory. `spec/system/returns` does it with real containers.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { LevelJournal } from '../../state/level-journal.ts';
import { calm, census } from '../testing/census.ts';
import type { Effects, Script } from '../testing/fake-guest.ts';
import type { Fault } from '../testing/faults.ts';
import { House, type Kernel, until } from '../testing/house.ts';
import { random, type Random } from '../../../../../spec/testbed/random.ts';
import { scenarios, Stage } from '../testing/scenarios.ts';

jest.setTimeout(600_000);

const deep = process.env['HEARTH_DEEP'] === '1';
const seed = Number(process.env['HEARTH_SEED'] ?? 0);
const count = deep ? 200 : 12;
/** More than an update has: then it is left alone, and succeeds. */
const moments = 110;
/** A trial that does not get well lasts this much of 300 s. */
const impatient = 0.004;

let house: House;
afterEach(() => house.demolish());

interface Update {
  readonly stage: Stage;
  readonly kernel: Kernel;
  readonly random: Random;
}

const tell =
  (result: string): NonNullable<Script['main']> =>
  async (effects) => {
    await effects.call('set-health', { id: 'web', name: 'Web', result, message: null });
  };
const fails = (): never => {
  throw new Error('a torn page');
};
const begin = async ({ stage, kernel }: Update) => kernel.services.install(stage.request('two'));
const through = async (update: Update): Promise<Kernel> => {
  await update.kernel.jobs.wait((await begin(update)).job);
  return update.kernel;
};
/** The new version's script does this instead. */
const script = (more: Script) => ({
  scale: impatient,
  run: (update: Update) => (update.stage.script('two', more), through(update)),
});
const struck = (how: Fault) => ({
  scale: 1,
  run: async (update: Update): Promise<Kernel> => {
    const { stage, kernel } = update;
    const fallen = house.faults.arm(update.random.below(moments), how);
    const over = begin(update).then(
      ({ job }) => kernel.jobs.wait(job),
      () => null,
    );
    await Promise.race([fallen, over]);
    if (how === 'kill') await house.crash();
    if (how === 'full') await Promise.race([over, delay(50)]);
    house.faults.disarm();
    if (how === 'kill') return stage.boot();
    await over;
    return kernel;
  },
});

/** What can be wrong with an update. */
const faults: Readonly<Record<string, { scale: number; run(update: Update): Promise<Kernel> }>> = {
  'an archive with a flipped bit': {
    scale: 1,
    run: async (update) => {
      const path = join(house.folder, 'two');
      const bytes = await readFile(path);
      const place = update.random.below(bytes.length);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << update.random.below(8));
      await writeFile(path, bytes);
      return through(update);
    },
  },
  'an image that cannot be unpacked': {
    scale: 1,
    run: (update) => {
      let left = update.random.below(3);
      house.machine.before = (verb) => {
        if (verb === 'image.import' && left-- === 0) throw new Error('corrupt squashfs');
      };
      return through(update);
    },
  },
  'a migration that fails': script({ init: (kind) => (kind === 'update' ? fails() : undefined) }),
  'a start that fails': script({ main: () => Promise.reject(new Error('no such setting')) }),
  'bad health': script({ main: tell('failure') }),
  'a start that never ends': script({ main: tell('starting') }),
  'bad health of what needs it': {
    scale: impatient,
    run: (update) => {
      update.stage.script('two', {
        main: async (effects: Effects) => {
          await tell('success')(effects);
          await house.machine
            .guest('user')
            .call('set-health', { id: 'web', name: 'Web', result: 'failure', message: null });
        },
      });
      return through(update);
    },
  },
  'a new version that dies': {
    scale: 1,
    run: async (update) => {
      update.stage.script('two', { main: tell('starting') });
      const over = through(update);
      await until(
        () => house.machine.containers.get('app')?.revision === update.stage.revisions['two'],
        'the new version',
      );
      await until(() => house.machine.guest('app').phase === 'running', 'it to run');
      house.machine.die('app', update.random.pick(['exited', 'outOfMemory'] as const));
      return over;
    },
  },
  'a change of mind': {
    scale: 1,
    run: async (update) => {
      const { kernel, random: by } = update;
      const { job } = await begin(update);
      await delay(by.below(250));
      // It may be over, or beyond the point.
      await kernel.jobs.cancel(job).catch(() => undefined);
      await kernel.jobs.wait(job);
      return kernel;
    },
  },
  'a killed kernel': struck('kill'),
  'a refusal of the machine': struck('refuse'),
  'a full disk': struck('full'),
};

const names = Object.keys(faults);
const updates = Array.from({ length: count }, (_, place): [number, string] => [
  place,
  names[place % names.length] ?? '',
]);

test.each(updates)('update %i, with %s', async (place, name) => {
  const fault = faults[name];
  if (fault === undefined) throw new Error(name);
  house = await House.build((folder) => new LevelJournal(folder));
  const stage = new Stage(house);
  await stage.furnish();
  const first = await stage.boot();
  await scenarios['update']?.prepare(stage, first);
  await calm(house, first);
  const before = await census(house, first);
  // Booted anew with the patience of the fault.
  await house.crash();
  const kernel = await stage.boot(fault.scale);
  await calm(house, kernel);
  const last = await fault.run({ stage, kernel, random: random(seed * 1000 + place) });
  house.machine.before = () => undefined;
  await calm(house, last);
  const after = await census(house, last);
  const updated = last.services.read('app')?.manifest.version === '2.0:0';
  if (!updated) expect(after).toEqual(before);
  expect(last.services.read('app')).toMatchObject({ job: null, status: { actual: 'running' } });
  expect(last.services.read('user')).toMatchObject({ job: null, status: { actual: 'running' } });
  if (updated) {
    expect(house.machine.kept.data.get('app')).toEqual({ book: 'taken over by 2.0:0', 'new in 2.0:0': 'x' });
    expect([...(house.machine.images.get('app') ?? [])]).toEqual([stage.revisions['two']]);
    expect(house.machine.kept.snapshots.has('app')).toBe(false);
  }
  expect(isDeepStrictEqual(after, before)).toBe(!updated);
});
