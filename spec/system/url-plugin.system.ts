/** A package of the published SDK gives a service of another addresses, as StartOS's Tor package does: on a whole server. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { backupTargetTests } from './backup-targets.ts';
import type { Box } from './box.ts';
import { ExampleBox, until } from './example-box.ts';

const minute = 60_000;
let examples: ExampleBox;
let box: Box;

beforeAll(async () => {
  examples = await ExampleBox.make();
  box = examples.box;
  for (const name of ['hello-world', 'lantern']) {
    await examples.sideload(await examples.pack(name));
    await examples.start(name);
    await examples.healthy(name);
  }
}, 5 * minute);
afterAll(async () => {
  await examples.close();
}, 3 * minute);

/** What the page of the service hands the action that gives an address. */
const place = { packageId: 'hello-world', interfaceId: 'ui', hostId: 'ui-multi', internalPort: 8080 };
const given = async (): Promise<any[]> => {
  const { addresses } = await box.call('net.address.list');
  return addresses['hello-world'].ui.filter(({ kind }: { kind: string }) => kind === 'plugin');
};
const urls = async (): Promise<string[]> => (await given()).map(({ url }) => url);
const reach = async (): Promise<string> =>
  (await examples.run('lantern', 'reach', { urlPluginMetadata: place })).result.value;
/** By form and run, as its owner presses the button. */
async function press(actionId: string, metadata: object, more: object = {}): Promise<void> {
  const prefill = { urlPluginMetadata: metadata };
  const { spec, value, eventId } = await box.call('package.action.get-input', {
    ...{ packageId: 'lantern', actionId, prefill },
  });
  expect(spec.urlPluginMetadata).toMatchObject({ type: 'hidden' });
  await examples.run('lantern', actionId, { ...value, ...prefill, ...more }, eventId);
}
const told = (expected: string[]) =>
  until(`the addresses ${expected.join()}`, minute, async () => (await urls()).join() === expected.join());

test(
  'its action is offered, and what it gives is an address of the interface that leads there',
  async () => {
    expect((await examples.row('lantern')).plugin).toEqual({ url: { tableAction: 'add-address' } });
    expect(await urls()).toEqual([]);
    expect(await reach()).not.toMatch(/^200/);
    await press('add-address', place, { name: 'blue' });
    await told(['http://blue.lantern.example']);
    expect((await given())[0].given).toEqual({
      service: 'lantern',
      actions: { remove: 'remove-address', more: ['rename-address'] },
      metadata: {
        ...{ ...place, ssl: false, public: true, hostname: 'blue.lantern.example', port: 80, info: { name: 'blue' } },
      },
    });
    await until('it reaches the page', minute, async () => (await reach()) === '200 Hello');
  },
  3 * minute,
);

test(
  'its other actions are told of which address they are about',
  async () => {
    await press('rename-address', (await given())[0].given.metadata, { name: 'red' });
    await told(['http://red.lantern.example']);
    await press('add-address', place, { name: 'green' });
    await told(['http://red.lantern.example', 'http://green.lantern.example']);
    const [red] = await given();
    await press('remove-address', red.given.metadata);
    await told(['http://green.lantern.example']);
  },
  2 * minute,
);

test(
  'an address outlives both services and the server, and comes back with what it was of',
  async () => {
    for (const id of ['lantern', 'hello-world']) {
      await box.call('package.stop', { id });
      await examples.becomes(id, 'stopped');
    }
    await box.end('SIGTERM');
    await box.start();
    expect(await urls()).toEqual(['http://green.lantern.example']);
    await examples.start('hello-world');
    await told(['http://green.lantern.example']);
    // Removed and installed anew, the service is given its address back: its provider followed it, though it was stopped.
    const { job } = await box.call('package.uninstall', { id: 'hello-world' });
    await examples.finished(job);
    await examples.sideload(await examples.pack('hello-world'));
    await until('the address is back', minute, async () => (await urls()).join() === 'http://green.lantern.example');
  },
  5 * minute,
);

test(
  'with its provider goes what it gave',
  async () => {
    await examples.finished((await box.call('package.uninstall', { id: 'lantern' })).job);
    await told([]);
    const { hosts } = await examples.row('hello-world');
    expect(JSON.stringify(hosts)).not.toContain('lantern');
  },
  2 * minute,
);

describe('a plugin that brings a place for backups', () => backupTargetTests(() => examples));
