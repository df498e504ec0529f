import type { EngineClient } from '@hearth/contract';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MemoryJournal } from '../../../kernel/core/src/state/memory-journal.ts';
import { openStore } from '../../../kernel/core/src/state/store.ts';
import { silentLog } from '../../../spec/testbed/plugin.ts';
import { serviceRow, servicesOf } from '../../../spec/testbed/services.ts';
import { createNames } from './names.ts';
import { createReconciler, type Reconciler } from './reconcile.ts';
import { initialSecret, initialState, networkSecret, networkState } from './state.ts';

const page = { port: 80, interfaces: [{ id: 'ui' }] };
const rows = [serviceRow('first', 2, [page])];
const services = servicesOf(rows);
let calls: string[];
let broken: Set<string>;
let reconciler: Reconciler;
let state: any;
let secret: any;

beforeEach(async () => {
  rows.length = 1;
  calls = [];
  broken = new Set();
  const store = await openStore(new MemoryJournal(), { log: silentLog });
  state = store.slice({ name: 'network', schema: networkState, initial: initialState });
  secret = store.slice({ name: 'secret', schema: networkSecret, initial: initialSecret, private: true });
  const call = async (verb: string): Promise<unknown> => {
    calls.push(verb);
    if (broken.has(verb)) throw new Error(`${verb} is broken`);
    return {};
  };
  const engine = { call, on: () => () => undefined } as unknown as EngineClient;
  reconciler = createReconciler({
    ...{ services, secret, state, log: silentLog, engine },
    names: createNames(engine),
    proxy: {
      runs: () => Promise.resolve(true),
      apply: async () => {
        await call('proxy');
      },
    },
    announcer: () => null,
    surroundings: () => ({
      ...{ labels: secret.read().labels, hostname: 'family', httpsPort: 443, lan: [] },
      address: (id) => services.address(id),
    }),
    ownPorts: [443],
    furtherNames: [],
    fingerprint: () => 'AA:BB',
  });
});
afterEach(() => reconciler.stop());

test('applies everything, shows it, and keeps the labels', async () => {
  await reconciler.run();
  expect(calls.toSorted()).toEqual(['bridge.apply', 'names.apply', 'proxy']);
  expect(state.read()).toMatchObject({
    ...{ caFingerprint: 'AA:BB', hostname: 'family' },
    addresses: { first: { ui: [{ url: 'https://first.family.local', kind: 'mdns' }, { kind: 'localhost' }] } },
  });
  expect(secret.read().labels).toEqual({ first: { '80/main': 'first' } });
});

test('leaves alone what did not change', async () => {
  await reconciler.run();
  rows.push(serviceRow('second', 3));
  await reconciler.run();
  const { bridge, names } = { bridge: count('bridge.apply'), names: count('names.apply') };
  await reconciler.run();
  expect([bridge, names, count('bridge.apply'), count('names.apply')]).toEqual([2, 2, 2, 2]);
});

test('one broken part holds up no other, and is tried again', async () => {
  broken.add('proxy').add('bridge.apply');
  await expect(reconciler.run()).rejects.toThrow('proxy is broken');
  expect(count('names.apply')).toBe(1);
  expect(Object.keys(state.read().addresses)).toEqual(['first']);
  broken.clear();
  await reconciler.run();
  expect(count('bridge.apply')).toBe(2);
  expect(count('names.apply')).toBe(1);
});

test('many requests make one pass', async () => {
  for (let times = 0; times < 20; times += 1) reconciler.request();
  // On a busy machine the pass itself may be late; a second one would follow within the time it gathers.
  for (let waited = 0; count('proxy') === 0 && waited < 5000; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(count('proxy')).toBe(1);
  await reconciler.stop();
  reconciler.request();
  await reconciler.run();
  expect(count('proxy')).toBe(1);
});

function count(verb: string): number {
  return calls.filter((called) => called === verb).length;
}
