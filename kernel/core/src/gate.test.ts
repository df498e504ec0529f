import { expect, describe, test } from '@jest/globals';
import { definePlugin, type AnyPlugin, engineRef, HearthError } from '@hearth/contract';
import { createNames } from './door/names.ts';
import { errors } from './errors.ts';
import { fakeEngine, startTestKernel } from './testing/index.ts';

/** An engine that comes and goes. */
const engine = (there: boolean) => {
  const fake = fakeEngine();
  const state = { there };
  const present = (): Promise<void> => (state.there ? Promise.resolve() : Promise.reject(errors.engineAway()));
  return Object.assign(fake, {
    state,
    present,
    call: (
      (real) =>
      async (...args: Parameters<typeof real>) => {
        await present();
        return real(...args);
      }
    )(fake.call.bind(fake)) as typeof fake.call,
  });
};
const until = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 500) throw new Error('it never became true');
    await new Promise((resume) => setTimeout(resume, 10));
  }
};

describe('a kernel whose engine is away', () => {
  test('says so, answers what needs no engine, and comes up when it is back', async () => {
    const away = engine(false);
    await using kernel = await startTestKernel({ engine: away });
    expect(kernel.server.boot().mode).toBe('starting');
    const row = () => kernel.server.boot().plugins.find(({ plugin }) => plugin === 'services');
    await until(() => row()?.error !== null);
    expect(row()).toMatchObject({ outcome: 'ok', phase: 'setup', error: { code: 'kernel.waiting' } });
    expect(await kernel.rpc('job.list')).toEqual([]);
    await expect(kernel.rpc('package.list')).rejects.toMatchObject({ code: 'kernel.waiting', kind: 'UNAVAILABLE' });
    away.state.there = true;
    await until(() => kernel.server.boot().mode === 'running');
    expect(row()).toMatchObject({ outcome: 'ok', phase: 'running', error: null });
    expect(await kernel.rpc('package.list')).toEqual([]);
  });

  test('begins a plugin anew whose engine went away in the midst of its start', async () => {
    const flaky = engine(true);
    let starts = 0;
    const needy = definePlugin({
      id: 'needy',
      version: '1.0.0',
      about: 'Needs the engine',
      requires: { engine: engineRef },
      setup: ({ engine: client }) => ({
        async start() {
          starts += 1;
          if (starts === 1) flaky.state.there = false;
          if (starts === 1) setTimeout(() => (flaky.state.there = true), 50);
          await client.call('host.prepare', {});
        },
      }),
    }) as AnyPlugin;
    await using kernel = await startTestKernel({ engine: flaky, plugins: [needy] });
    await until(() => kernel.server.boot().mode === 'running');
    expect(starts).toBe(2);
  });

  test('stops at once while it waits', async () => {
    const kernel = await startTestKernel({ engine: engine(false) });
    const began = performance.now();
    await kernel.stop();
    expect(performance.now() - began).toBeLessThan(2000);
    expect(kernel.server.boot().mode).toBe('starting');
  });

  test('a plugin that fails for another reason is not begun anew', async () => {
    const broken = definePlugin({
      id: 'broken',
      version: '1.0.0',
      about: 'Fails',
      requires: { engine: engineRef },
      essential: true,
      setup: () => ({
        start: () => Promise.reject(new HearthError({ code: 'x.y', kind: 'UNAVAILABLE', message: 'no' })),
      }),
    }) as AnyPlugin;
    await using kernel = await startTestKernel({ engine: engine(true), plugins: [broken] });
    expect(kernel.server.boot().mode).toBe('diagnostic');
  });
});

test('a former name is answered for ten minutes, then refused', () => {
  let [name, now] = ['hearth', 0];
  const names = createNames(
    { hosts: [], port: 8443 },
    () => name,
    () => now,
  );
  const has = (label: string): boolean => names().names.has(`${label}.local`);
  expect([has('hearth'), has('hearth-2')]).toEqual([true, true]);
  now = 5 * 60_000;
  expect(has('hearth')).toBe(true);
  name = 'family';
  expect([has('hearth'), has('family')]).toEqual([true, true]);
  now = 15.2 * 60_000;
  expect([has('hearth'), has('hearth-2'), has('family'), has('family-2')]).toEqual([false, false, true, true]);
});
