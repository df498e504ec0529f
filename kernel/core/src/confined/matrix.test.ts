/** Every verb times every capability that could be missing: refused, nothing done, written down. */
import { describe, expect, test } from '@jest/globals';
import {
  type Capability,
  type CapabilityName,
  capabilityNames,
  type ConfinedVerb,
  confinedVerbs,
  type PluginRow,
} from '@hearth/contract';
import { createLog } from '../log.ts';
import type { AuditFacts } from '../audit/chain.ts';
import { createBroker, type Verbs } from './broker.ts';
import { everything } from './testing/plugins.ts';

const log = createLog('silent');
const verbs = Object.keys(confinedVerbs) as ConfinedVerb[];

/** Something each verb would take. */
const inputs: { readonly [V in ConfinedVerb]: unknown } = {
  'state.write': { value: { count: 1 } },
  'storage.get': { key: 'k' },
  'storage.set': { key: 'k', value: 1 },
  'storage.delete': { key: 'k' },
  'storage.keys': {},
  'timers.set': { name: 'look', seconds: 60 },
  'timers.clear': { name: 'look' },
  'jobs.start': { name: 'tidy' },
  'jobs.progress': { job: 'j', done: 1, total: null },
  'notifications.send': { level: 'info', title: 'Hello', message: '' },
  'health.report': { check: 'soil', name: 'Soil', result: 'success', message: null },
  'health.clear': { check: 'soil' },
  'server.read': {},
  'services.list': {},
  'services.read': { id: 'syncthing' },
  'services.addresses': { id: 'syncthing' },
  'services.giveAddresses': { addresses: [{ id: 'syncthing', interface: 'ui', hostname: 'sync.mesh' }] },
  'services.move': { id: 'syncthing', move: 'stop' },
  'events.emit': { name: 'rain', value: {} },
  'network.fetch': { url: 'https://api.example.org/' },
  'backup.fetch': { operation: 'o', url: 'https://dav.example.org/', method: 'MKCOL' },
};
const answers: Partial<Record<ConfinedVerb, unknown>> = {
  'storage.keys': [],
  'jobs.start': { job: 'j' },
  'server.read': { name: '', hostname: '', version: '' },
  'services.list': [],
  'services.addresses': [],
  'network.fetch': { status: 200, headers: {}, body: '' },
  'backup.fetch': { status: 200, headers: {}, body: '' },
};

function brokerWith(asked: readonly Capability[], granted: readonly Capability[]) {
  const done: string[] = [];
  const written: AuditFacts[] = [];
  const row = { asked: [...asked], granted: [...granted] } as Partial<PluginRow> as PluginRow;
  const carriedOut = Object.fromEntries(
    verbs.map((verb) => [
      verb,
      () => {
        done.push(verb);
        return answers[verb] ?? null;
      },
    ]),
  ) as unknown as Verbs;
  const broker = createBroker({
    plugin: 'probe',
    row: () => row,
    verbs: carriedOut,
    audit: { record: (facts) => Promise.resolve(void written.push(facts)) },
    log,
  });
  return { broker, done, written };
}

const without = (name: CapabilityName) => everything.filter(({ capability }) => capability !== name);

test('the table of verbs and the tests know the same capabilities and verbs', () => {
  expect(everything.map(({ capability }) => capability).toSorted()).toEqual([...capabilityNames].toSorted());
  expect(Object.keys(inputs).toSorted()).toEqual(verbs.toSorted());
});

describe.each(verbs)('%s', (verb) => {
  const needed = confinedVerbs[verb].capability;

  test.each(capabilityNames)('without %s', async (missing) => {
    for (const [asked, granted] of [
      // Asked and not granted; granted once and no longer asked.
      [everything, without(missing)],
      [without(missing), everything],
    ] as const) {
      const { broker, done, written } = brokerWith(asked, granted);
      const answer = broker.answer(verb, inputs[verb]);
      if (missing === needed) {
        await expect(answer).rejects.toMatchObject({ code: 'plugin.notGranted', kind: 'FORBIDDEN' });
        expect(done).toEqual([]);
      } else {
        await answer;
        expect(done).toEqual([verb]);
      }
      expect(written).toMatchObject([
        { who: 'plugin probe', method: verb, outcome: missing === needed ? 'plugin.notGranted' : 'ok' },
      ]);
    }
  });

  test('with nothing granted, with that alone granted', async () => {
    const nothing = brokerWith(everything, []);
    await expect(nothing.broker.answer(verb, inputs[verb])).rejects.toMatchObject({ code: 'plugin.notGranted' });
    const alone = brokerWith(
      everything,
      everything.filter(({ capability }) => capability === needed),
    );
    await alone.broker.answer(verb, inputs[verb]);
    expect([nothing.done, alone.done]).toEqual([[], [verb]]);
  });

  test('with odd input is not carried out', async () => {
    for (const odd of [null, 7, 'x', [], { more: 1 }, { __proto__: null, constructor: 1 }]) {
      const { broker, done } = brokerWith(everything, everything);
      await expect(broker.answer(verb, odd)).rejects.toMatchObject({ code: 'plugin.invalidInput' });
      expect(done).toEqual([]);
    }
  });
});

test.each(['', 'toString', '__proto__', 'constructor', 'package.stop', 'state.write ', 'STATE.WRITE'])(
  'there is no verb "%s"',
  async (verb) => {
    const { broker, done } = brokerWith(everything, everything);
    await expect(broker.answer(verb, {})).rejects.toMatchObject({ code: 'plugin.unknownVerb' });
    expect(done).toEqual([]);
  },
);

test('a grant that is taken back is gone with the next call', async () => {
  const granted = [...everything];
  const done: string[] = [];
  const row = { asked: [...everything], granted } as Partial<PluginRow> as PluginRow;
  const carriedOut = { 'server.read': () => (done.push('once'), answers['server.read']) } as unknown as Verbs;
  const record = () => Promise.resolve();
  const broker = createBroker({ plugin: 'probe', row: () => row, verbs: carriedOut, audit: { record }, log });
  await broker.answer('server.read', {});
  granted.length = 0;
  await expect(broker.answer('server.read', {})).rejects.toMatchObject({ code: 'plugin.notGranted' });
  expect(done).toEqual(['once']);
});

test('what fails in the server is not told to a plugin', async () => {
  const carriedOut = {
    'server.read': () => {
      throw new Error('ENOENT: /var/lib/hearth/kernel/secret');
    },
  } as unknown as Verbs;
  const row = { asked: [...everything], granted: [...everything] } as Partial<PluginRow> as PluginRow;
  const record = () => Promise.resolve();
  const broker = createBroker({ plugin: 'probe', row: () => row, verbs: carriedOut, audit: { record }, log });
  await expect(broker.answer('server.read', {})).rejects.toMatchObject({
    code: 'plugin.failed',
    message: expect.not.stringContaining('secret'),
  });
});
