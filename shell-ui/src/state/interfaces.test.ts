import { expect, test } from '@jest/globals';
import { makeState } from '../build/demo/state.ts';
import { interfacesOf, kindOf, pagesOf, providersOf } from './interfaces.ts';

const { services, network } = makeState('full', 0);
const row = services?.['syncthing'];

test('pages come first, each with its addresses', () => {
  if (row === undefined) throw new Error('no row');
  expect(interfacesOf(row, network).map(({ id, type, addresses }) => [id, type, addresses.length])).toEqual([
    ['ui', 'ui', 3],
    ['api', 'api', 2],
    ['peer', 'p2p', 1],
  ]);
  expect(interfacesOf(row, undefined)[0]?.addresses).toEqual([]);
});

test('an interface knows what gives it an address, and what that is told', () => {
  if (row === undefined || services === undefined) throw new Error('no row');
  expect(interfacesOf(row, network)[0]?.metadata).toEqual({
    ...{ packageId: 'syncthing', interfaceId: 'ui', hostId: 'ui', internalPort: 8000 },
  });
  expect(providersOf(services)).toEqual([
    { service: 'tor', title: 'Tor', action: 'add-onion-address', name: 'Add an onion address', running: true },
  ]);
});

test('a page opens by the kind of address this page was opened with', () => {
  if (row === undefined) throw new Error('no row');
  expect(pagesOf(row, network, 'family-server.local')[0]?.url).toBe('https://syncthing.family-server.local/');
  expect(pagesOf(row, network, '192.168.1.20')[0]?.url).toBe('https://192.168.1.20:8450/');
  expect(pagesOf(row, network, 'localhost')[0]?.url).toBe('https://syncthing.family-server.local/');
  expect(pagesOf(row, undefined, 'localhost')).toEqual([]);
});

test.each([
  ['localhost', 'localhost'],
  ['syncthing.localhost', 'localhost'],
  ['10.0.0.2', 'ipv4'],
  ['[fe80::1]', 'ipv6'],
  ['home.local', 'mdns'],
])('%s is %s', (host, kind) => {
  expect(kindOf(host)).toBe(kind);
});
