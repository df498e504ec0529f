import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { configReference, loadConfig } from './config.ts';

const plugins = [
  { id: 'network', config: z.object({ mdns: z.boolean().default(true), names: z.array(z.string()).default([]) }) },
  { id: 'wrapped', config: z.object({ watchMs: z.number().default(2000) }).prefault({}) },
  { id: 'bare' },
];

describe('loadConfig()', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const load = (flags: string[] = [], environment: Record<string, string> = {}) =>
    loadConfig({ plugins, flags: ['--data', folder, ...flags], environment, systemFile: join(folder, 'system.json') });
  const write = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));

  test('has a default for everything and is frozen all the way', () => {
    const config = load();
    expect(config).toMatchObject({
      port: 8443,
      httpPort: 8080,
      deadlineScale: 1,
      plugins: { network: { mdns: true }, bare: {} },
    });
    expect(() => ((config as { port: number }).port = 1)).toThrow(TypeError);
    expect(() => ((config.plugins as Record<string, unknown>)['network'] = {})).toThrow(TypeError);
  });

  test('later layers win, key by key', () => {
    write('system.json', {
      port: 1,
      httpPort: 1,
      logLevel: 'error',
      hosts: ['a'],
      plugins: { network: { names: ['x'] } },
    });
    write('config.json', { port: 2, httpPort: 2, hosts: ['b'] });
    const environment = { HEARTH_PORT: '3', HEARTH_HOSTS: 'c,d', HEARTH_PLUGINS_NETWORK_MDNS: 'false', PATH: '/bin' };
    expect(load(['--port=4'], environment)).toMatchObject({
      port: 4,
      httpPort: 2,
      logLevel: 'error',
      hosts: ['c', 'd'],
      plugins: { network: { mdns: false, names: ['x'] } },
    });
  });

  test.each<[string, string, () => void]>([
    ['nonsense', 'file "', () => (write('config.json', { nonsense: 1 }), load())],
    ['plugins.network.nope', 'file "', () => (write('system.json', { plugins: { network: { nope: 1 } } }), load())],
    ['plugins.wrapped.w', 'file "', () => (write('config.json', { plugins: { wrapped: { w: 1 } } }), load())],
    ['plugins.bare.x', 'file "', () => (write('config.json', { plugins: { bare: { x: 1 } } }), load())],
    ['data', 'file "', () => (write('config.json', { data: '/elsewhere' }), load())],
    ['port', 'the flags', () => load(['--port', '99999'])],
    ['port', 'the environment', () => load([], { HEARTH_PORT: 'eight' })],
    ['HEARTH_PROT', 'the environment', () => load([], { HEARTH_PROT: '1' })],
    ['--prot', 'the flags', () => load(['--prot', '1'])],
    ['--port', 'the flags', () => load(['--port'])],
    ['run', 'the flags', () => load(['--run', '/run/../etc'])],
  ])('names the key "%s" and where it stands: %s', (key, source, attempt) => {
    expect(attempt).toThrow(
      expect.objectContaining({
        code: 'kernel.configInvalid',
        data: expect.objectContaining({ key, source: expect.stringContaining(source) }),
      }),
    );
  });

  test.each(['{', '[]', '3'])('refuses a file that holds %s', (text) => {
    write('config.json', text);
    expect(() => load()).toThrow(expect.objectContaining({ code: 'kernel.configUnreadable' }));
  });
});

test('configReference() names every key by its three names', () => {
  const reference = configReference(plugins);
  expect(reference).toMatch(/^port +HEARTH_PORT +--port +Port of the web interface.*\(8443\)$/m);
  expect(reference).toMatch(/^plugins\.network\.mdns +HEARTH_PLUGINS_NETWORK_MDNS +--plugins-network-mdns/m);
});
