/** Tor on a real box, in a Tor network of its own: a stranger reads a page by its onion address. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { giveFolder } from '../../../spec/system/box.ts';
import { type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';
import { makePrivateNetwork, type PrivateNetwork } from './testing/private-network.ts';

const minute = 60_000;
let network: PrivateNetwork;
let home: Household;

/** What was made, also where the next could not be. */
const undo: (() => Promise<void>)[] = [];
beforeAll(async () => {
  network = makePrivateNetwork();
  undo.push(() => network.close());
  home = await makeHousehold();
  undo.push(() => home.close());
  await home.install('radicale');
  // The owner tells it which network it is in, as one does who needs a bridge.
  await home.install('tor', { first: () => home.action('tor', 'settings', { extra: network.settings }) });
}, 2 * long);
afterAll(async () => {
  for (const each of undo.reverse()) await each();
}, 180_000);

const given = async (): Promise<any[]> => {
  const { addresses } = await home.box.call('net.address.list');
  return (addresses['radicale']?.ui ?? []).filter(({ kind }: { kind: string }) => kind === 'plugin');
};
/** The interface of Radicale, as its page tells the action. */
async function place(): Promise<object> {
  const { hosts } = (await home.box.call('db.dump', { pointer: '/services/radicale' })).value;
  const [hostId, { bindings }] = Object.entries<any>(hosts)[0]!;
  const [port] = Object.keys(bindings);
  return { packageId: 'radicale', interfaceId: 'ui', hostId, internalPort: Number(port) };
}
const press = (action: string, metadata: object, more: object = {}) =>
  home.action('tor', action, { urlPluginMetadata: metadata, ...more });
const read = (url: string) =>
  until(`somebody reads ${url}`, 4 * minute, async () => network.fetch(url)?.includes('Radicale') === true);

let onion = '';
let key = '';

test(
  'an interface is given an onion address, and whoever has it reads the page through Tor',
  async () => {
    const { Address = '' } = await press('add-onion-address', await place());
    expect(Address).toMatch(/^[a-z2-7]{56}\.onion$/);
    onion = Address;
    await until('it stands in the list', minute, async () => (await given())[0]?.url === `http://${onion}`);
    await read(`http://${onion}`);
  },
  6 * minute,
);

test(
  'a second address does not interrupt the first; its key is shown, it goes, and the key brings it back',
  async () => {
    const { Address: second = '' } = await press('add-onion-address', await place());
    await read(`http://${second}`);
    expect(network.fetch(`http://${onion}`)).toContain('Radicale');
    const [, { given: about }] = await given();
    ({ Key: key = '' } = await press('show-onion-key', about.metadata));
    expect(key).toMatch(/^[A-Za-z0-9+/]{128}$/);
    await press('remove-onion-address', about.metadata);
    await until('it is out of the list', minute, async () => (await given()).length === 1);
    await expect(press('show-onion-key', about.metadata)).rejects.toThrow('It is removed already');
    await expect(press('add-onion-address', await place(), { key: 'A'.repeat(128) })).rejects.toThrow('no key');
    expect((await press('add-onion-address', await place(), { key }))['Address']).toBe(second);
    await expect(press('add-onion-address', await place(), { key })).rejects.toThrow('already');
    await read(`http://${second}`);
    const all = await home.action('tor', 'list-onion-addresses');
    expect(Object.values(all)).toEqual(expect.arrayContaining([onion, second]));
  },
  10 * minute,
);

test(
  'settings Tor does not take are refused in its words',
  async () => {
    await expect(home.action('tor', 'settings', { extra: 'Onions 7' })).rejects.toThrow("Unknown option 'Onions'");
    await home.healthy('tor');
  },
  2 * minute,
);

test(
  'a backup keeps the addresses: restored, they lead where they led',
  async () => {
    const password = 'horse battery staple correct';
    const folder = giveFolder(join(home.box.scratch, 'backup'), home.box);
    const finished = async ({ job }: { job: string }) => {
      const row = await until('the job ends', 5 * minute, async () => {
        const found = await home.box.call('job.get', { job });
        return found.finishedAt === null ? null : found;
      });
      expect([row.state, row.error]).toEqual(['succeeded', null]);
    };
    const { id: target } = await home.box.call('backup.target.add', { name: 'Drive', path: folder, password });
    await finished(await home.box.call('backup.create', { target, services: ['tor'] }));
    await finished(await home.box.call('package.uninstall', { id: 'tor' }));
    await until('the addresses are gone', minute, async () => (await given()).length === 0);
    const { jobs } = await home.box.call('package.backup.restore', { target, ids: ['tor'] });
    for (const job of jobs) await finished(job);
    await until('they are back', minute, async () => (await given()).length === 2);
    await home.box.call('package.start', { id: 'tor' });
    await home.healthy('tor');
    await read(`http://${onion}`);
  },
  12 * minute,
);
