/** The plugin inside a real kernel; the proxy itself is in `network.system.ts`. */
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { HearthError, type Network, networkRef, type ServiceRow, servicesRef } from '@hearth/contract';
import { type EngineAnswers, fake, MemoryJournal, startTestKernel, type TestKernel } from '@hearth/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { serviceRow, servicesOf } from '../../../spec/testbed/services.ts';
import { networkPlugin } from './plugin.ts';

let rows: ServiceRow[];
let answers: EngineAnswers;
let kernel: TestKernel;
const journal = new MemoryJournal();

beforeEach(async () => {
  rows = [serviceRow('syncthing', 2, [{ port: 8384, interfaces: [{ id: 'ui' }] }])];
  answers = { 'proxy.apply': () => ({ pid: 1 }) };
  kernel = await start();
});
afterEach(() => kernel.stop());

function start(port = 8443): Promise<TestKernel> {
  return startTestKernel({
    plugins: [networkPlugin],
    fakes: [fake(servicesRef, servicesOf(rows))],
    environment: { HEARTH_PLUGINS_NETWORK_MDNS: 'false', HEARTH_PORT: String(port), HEARTH_HTTP_PORT: '1' },
    engine: answers,
    journal,
  });
}

const state = (): any => kernel.store.snapshot().value['network'];
const booted = (): any => kernel.store.snapshot().value['boot'];
const report = (): any => booted().plugins.find(({ plugin }: any) => plugin === 'network');

test('starts, tells the engine everything once, and shows where things are', async () => {
  expect(report()).toMatchObject({ outcome: 'ok' });
  const verbs = kernel.engine.calls.map(({ verb }) => verb);
  for (const verb of ['proxy.apply', 'bridge.apply', 'names.apply'] as const) {
    expect(verbs.filter((called) => called === verb)).toHaveLength(1);
  }
  expect(await kernel.rpc('net.address.list')).toEqual(state());
  expect(state().addresses).toEqual({
    syncthing: {
      ui: [
        { url: `https://syncthing.${state().hostname}.local:8443`, kind: 'mdns' },
        { url: 'https://syncthing.localhost:8443', kind: 'localhost' },
      ],
    },
  });
  expect(state().server).toContainEqual({ url: 'https://localhost:8443', kind: 'localhost' });
});

test('keeps every key out of the public state, and the authority over restarts', async () => {
  const text = JSON.stringify(kernel.store.snapshot().value);
  expect(text).not.toContain('PRIVATE KEY');
  const { caFingerprint } = state();
  await kernel.stop();
  kernel = await start();
  expect(state().caFingerprint).toBe(caFingerprint);
});

test('certifies the names of a service for that service', async () => {
  const network = kernel.provided(networkRef.id) as Network;
  const chain = await network.certificate('syncthing', ['syncthing.startos', '10.0.3.2'], 'ecdsa');
  const root = new X509Certificate(chain.at(-1) ?? '');
  expect(createHash('sha256').update(root.raw).digest('hex')).toBe(
    state().caFingerprint.replaceAll(':', '').toLowerCase(),
  );
  await expect(network.certificateKey('syncthing', ['localhost'], 'ecdsa')).rejects.toMatchObject({
    code: 'network.unknownHostname',
  });
  expect(network.addressesFor('syncthing', 'main', 8384).map(({ hostname }) => hostname)).toEqual([
    `syncthing.${state().hostname}.local`,
    'syncthing.localhost',
    '10.0.3.2',
  ]);
  expect(network.addressesFor('syncthing', 'main', 1)).toEqual([]);
  expect(network.addressesFor('stranger', 'main', 8384)).toEqual([]);
});

test('a configuration nginx refuses is taken back', async () => {
  const path = join(kernel.places.data, 'proxy/nginx.conf');
  const good = await readFile(path, 'utf8');
  Object.assign(answers, {
    'proxy.apply': () => {
      throw new HearthError({ code: 'engine.proxyRefused', kind: 'INVALID_INPUT', message: 'Cannot apply' });
    },
  });
  rows.push(serviceRow('other', 3, [{ port: 80, interfaces: [{ id: 'ui' }] }]));
  kernel.events.emit('service.network', { service: 'other' });
  const applied = () => kernel.engine.calls.filter(({ verb }) => verb === 'proxy.apply').length;
  for (let waited = 0; (applied() < 2 || (await readFile(path, 'utf8')) !== good) && waited < 5000; waited += 20) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(applied()).toBe(2);
  expect(await readFile(path, 'utf8')).toBe(good);
  expect(state().addresses.other).toBeDefined();
});

describe('when the proxy cannot start', () => {
  const failing = async (port: number): Promise<void> => {
    await kernel.stop();
    Object.assign(answers, {
      'proxy.apply': () => {
        throw new HearthError({ code: 'engine.proxyFailed', kind: 'INTERNAL', message: 'Cannot start the proxy' });
      },
    });
    kernel = await start(port);
    expect(booted().mode).toBe('diagnostic');
  };

  test('the boot fails with the engine’s words', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await failing(port);
    expect(report()).toMatchObject({ outcome: 'failed', error: { code: 'engine.proxyFailed' } });
  });

  test('a port somebody else holds is named', async () => {
    const server = createServer().listen(0, '0.0.0.0');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      await failing(port);
      const message = `Cannot listen on port "${port}": another program holds it`;
      expect(report()).toMatchObject({ outcome: 'failed', error: { code: 'network.portTaken', message } });
    } finally {
      server.close();
    }
  });
});
