/** Limits of a running container, changed and felt. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { makeTestbed, type TestEngine, type Testbed } from '../../../spec/testbed/index.ts';
import { containerGroup } from './containers/cgroups.ts';
import { importService, inside, startInput } from './testing/service.ts';

jest.setTimeout(60_000);

const service = 'alpha';
const mebibyte = 1024 * 1024;
let bed: Testbed;
let engine: TestEngine;
const call: TestEngine['client']['call'] = (...args) => engine.client.call(...args);

beforeAll(async () => {
  bed = await makeTestbed();
  engine = await bed.startEngine();
  await call('host.prepare', {});
  await importService(bed, engine.client, service, 2);
}, 120_000);
afterAll(() => bed.close(), 60_000);

test('a running container takes other limits at once, and its programs feel them', async () => {
  const { pid } = await call('container.start', startInput(service, 2));
  const limits = { memory: 200 * mebibyte, cpuWeight: 50, pids: 90 };
  await call('container.limit', { service, limits });
  expect((await call('container.stats', { service })).memoryLimit).toBe(limits.memory);
  const pids = () => readFileSync(join(containerGroup(pid!, 'pids')!, 'pids.max'), 'latin1').trim();
  expect(pids()).toBe('90');
  const many = 'i=0; while [ $i -lt 200 ]; do sleep 2 & i=$((i+1)); done; echo all';
  expect(() => inside(bed, service, 'sh', '-c', many)).toThrow(/fork|Resource temporarily unavailable/i);
  await call('container.limit', { service, limits: { memory: null, cpuWeight: null, pids: null } });
  expect((await call('container.stats', { service })).memoryLimit).toBeNull();
  expect(pids()).toBe('16384');
});

test('a program that takes more memory than it may is ended, and this is told', async () => {
  await call('container.limit', { service, limits: { memory: 160 * mebibyte, cpuWeight: null, pids: null } });
  const told = new Promise((resolve) => engine.client.on('container.outOfMemory', resolve));
  const hog = 'x=0123456789; while :; do x="$x$x"; done';
  expect(() => inside(bed, service, 'sh', '-c', hog)).toThrow();
  expect(await told).toMatchObject({ service });
});

test('what does not run cannot be limited', async () => {
  await call('container.stop', { service, killAfterMs: 0 });
  const limits = { memory: null, cpuWeight: null, pids: null };
  await expect(call('container.limit', { service, limits })).rejects.toMatchObject({ code: 'engine.containerStopped' });
});
