import { expect, test } from '@jest/globals';
import { dyingStore } from '../jobs/testing/dying-kernel.ts';
import { Allocations } from './allocations.ts';
import { serviceSliceDefinitions as slices } from './slices.ts';

const open = async () => {
  const { store } = await dyingStore();
  return new Allocations(store.slice(slices.indexes), store.slice(slices.ports), [8443, 8080]);
};
const use = (service: string, internalPort: number, ssl = false) => ({ service, host: 'main', internalPort, ssl });

test('places are the lowest free ones, and kept until everything is gone', async () => {
  const allocations = await open();
  expect(await Promise.all(['a', 'b', 'c'].map((id) => allocations.claimIndex(id)))).toEqual([2, 3, 4]);
  expect(await allocations.claimIndex('b')).toBe(3);
  await allocations.release('a');
  expect(await allocations.claimIndex('d')).toBe(2);
});

test('the last place is 254', async () => {
  const allocations = await open();
  for (let count = 2; count <= 254; count++) await allocations.claimIndex(`s${count}`);
  await expect(allocations.claimIndex('more')).rejects.toMatchObject({ code: 'services.tooMany' });
});

test('a port is the preferred one if it is free and nobody else uses it by custom', async () => {
  const allocations = await open();
  expect(await allocations.claimPort(use('a', 80), 3000)).toBe(3000);
  expect(await allocations.claimPort(use('b', 80), 3000)).toBeGreaterThanOrEqual(49152);
  for (const port of [80, 443, 1024, 5353, 5432, 9050, 8443, 8080])
    expect(await allocations.claimPort(use('c', port), port)).toBeGreaterThanOrEqual(49152);
});

test('the port at which others dial Tor unasked is for Tor alone', async () => {
  const allocations = await open();
  expect(await allocations.claimPort(use('onion', 9050), 9050)).toBeGreaterThanOrEqual(49152);
  await expect(allocations.claimRange(use('onion', 9049), 9049, 3)).rejects.toMatchObject({ code: 'effects.refused' });
  expect(await allocations.claimPort(use('tor', 9050), 9050)).toBe(9050);
});

test('a port stays with its use', async () => {
  const allocations = await open();
  const first = await allocations.claimPort(use('a', 80), 22000);
  expect(await allocations.claimPort(use('a', 80), 4000)).toBe(first);
  expect(await allocations.claimPort(use('a', 80, true), 4000)).toBe(4000);
  await allocations.release('a');
  expect(await allocations.claimPort(use('b', 80), 22000)).toBe(22000);
});
