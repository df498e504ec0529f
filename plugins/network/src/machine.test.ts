import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { NetworkInterfaceInfo } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { machineAddresses } from './machine.ts';

let links: string;
beforeEach(() => {
  links = mkdtempSync(join(tmpdir(), 'links-'));
});
afterEach(() => rmSync(links, { recursive: true }));

function link(name: string, ports?: readonly string[], card = false): void {
  mkdirSync(join(links, name, card ? 'device' : ''), { recursive: true });
  for (const port of ports ?? []) mkdirSync(join(links, name, 'brif', port), { recursive: true });
  if (ports?.length === 0) mkdirSync(join(links, name, 'brif'));
}

function on(address: string, family: 'IPv4' | 'IPv6' = 'IPv4', internal = false): NetworkInterfaceInfo[] {
  const width = family === 'IPv4' ? 24 : 64;
  const base = { address, netmask: '', mac: '', internal, cidr: `${address}/${width}` };
  return [family === 'IPv4' ? { ...base, family } : { ...base, family, scopeid: 0 }];
}

test('leaves out loopback, its own bridge, link-local addresses, and bridges of other programs', () => {
  link('eth0', undefined, true);
  link('veth1');
  link('docker0', []);
  link('virbr0', ['veth1']);
  const addresses = machineAddresses(
    'hearth0',
    {
      lo: on('127.0.0.1', 'IPv4', true),
      hearth0: on('10.0.3.1'),
      docker0: on('172.17.0.1'),
      virbr0: on('192.168.122.1'),
      eth0: [...on('192.168.1.5'), ...on('fe80::1', 'IPv6'), ...on('2001:db8::5', 'IPv6')],
    },
    links,
  );
  expect(addresses.map(({ address, private: own }) => [address, own])).toEqual([
    ['192.168.1.5', true],
    ['2001:db8::5', false],
  ]);
});

test("keeps the home's own bridge, which has a network card in it", () => {
  link('enp3s0', undefined, true);
  link('br0', ['enp3s0', 'veth1']);
  expect(machineAddresses('hearth0', { br0: on('192.168.1.5') }, links)).toHaveLength(1);
});
