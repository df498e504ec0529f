/** kill -9 of the kernel, again and again, while services and callers are at work: no service notices. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { BareKernel } from './bare-kernel.ts';
import { type Box, makeBox } from './box.ts';
import { SmallServices, waited } from './small-services.ts';

const minute = 60_000;

/** Tells its health and watches another service all the time; answers an action. */
const chatty = `
  exports.init = async ({ effects }) => {
    await effects.action.export({ id: 'echo', metadata: {
      name: 'Echo', description: '', warning: null, visibility: 'enabled', allowedStatuses: 'any', hasInput: false, group: null,
    } });
  };
  exports.actions = { get: () => ({ getInput: async () => null, run: async ({ input }) => ({
    version: '1', title: 'Echo', message: String(input), result: null,
  }) }) };
  exports.main = async ({ effects }) => {
    await daemon(effects, ['sleep', '1000000']);
    let count = 0;
    const tell = () => effects.setHealth({ id: 'count', name: 'Count', result: 'success', message: String(++count % 3) });
    const timer = setInterval(() => {
      tell().catch(() => undefined);
      effects.getStatus({ packageId: 'chatty-0', callback: () => undefined }).catch(() => undefined);
    }, 100);
    await tell();
    return { term: async () => { clearInterval(timer); await end(); } };
  };
`;

export interface Siege {
  readonly box: Box;
  readonly services: SmallServices;
  readonly ids: readonly string[];
  close(): Promise<void>;
}

export async function makeSiege(count: number): Promise<Siege> {
  const box = await makeBox();
  mkdirSync(box.config.data, { recursive: true });
  writeFileSync(join(box.config.data, 'config.json'), JSON.stringify({ deadlineScale: 1 }), { mode: 0o644 });
  await box.start();
  const services = new SmallServices(box);
  const ids = Array.from({ length: count }, (_, number) => `chatty-${number}`);
  for (const id of ids) {
    await services.install({ id, code: chatty, image: true });
    await box.call('package.start', { id });
  }
  for (const id of ids) await services.until(id, 'running');
  return { box, services, ids, close: () => box.close() };
}

/** Every process in the containers, by service. */
function processes({ box, ids }: Siege): Record<string, number[]> {
  return Object.fromEntries(ids.map((id) => [id, box.pids('', id).sort((a, b) => a - b)]));
}

/** @param seed so that a run can be had again */
export async function killKernel(siege: Siege, times: number, seed: number): Promise<void> {
  const { box, services, ids } = siege;
  const random = randomFrom(seed);
  const before = processes(siege);
  for (const id of ids) expect(before[id]!.length).toBeGreaterThanOrEqual(3);
  const rows = await Promise.all(ids.map((id) => services.row(id)));
  const kernel = await BareKernel.takeOver(box);
  let over = false;
  const load = (async () => {
    for (let turn = 0; !over; turn += 1) {
      const asked = { packageId: ids[turn % ids.length], actionId: 'echo', input: turn };
      await Promise.allSettled([box.call('package.action.run', asked), box.call('package.list')]);
      await sleep(20);
    }
  })();
  try {
    for (let kill = 0; kill < times; kill += 1) {
      // Also while it starts: before and after it took the services over.
      await sleep(random() * 1500);
      await kernel.kill();
      await sleep(random() * 300);
      kernel.start();
      if (kill % 4 === 3) await kernel.answers();
      expect(processes(siege)).toEqual(before);
    }
    await kernel.answers();
    for (const [place, id] of ids.entries()) {
      await waited(
        async () => (await services.told('serviceHealth', id)).count?.result === 'success',
        () => `${id} to be heard of`,
      );
      const { status, error } = await services.row(id);
      expect(status).toEqual({ ...rows[place]!.status, reason: status.reason });
      expect(error).toBeNull();
      const answer = await box.call('package.action.run', { packageId: id, actionId: 'echo', input: 'well' });
      expect(answer).toMatchObject({ message: 'well' });
    }
    expect(processes(siege)).toEqual(before);
  } finally {
    over = true;
    await load;
    await kernel.close();
    await box.start();
  }
}

/** Park and Miller's: good enough for moments. */
function randomFrom(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

export const killMinutes = (times: number): number => (5 + times / 4) * minute;
