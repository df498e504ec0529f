/** A package built with the published SDK, unchanged, in a real container: from install to uninstall. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AbiBed, makeAbiBed } from './abi-bed.ts';
import { bundlePackage } from './package-image.ts';

let abi: AbiBed;
const scratch = mkdtempSync(join(tmpdir(), 'hearth-abi-'));
const health = () => abi.host.called('set-health').at(-1);

beforeAll(async () => {
  abi = await makeAbiBed(bundlePackage('hello-world', scratch));
}, 180_000);
afterAll(async () => {
  await abi.close();
  rmSync(scratch, { recursive: true, force: true });
}, 60_000);

test('init runs the script and tells the host what there is', async () => {
  expect(await abi.host.request('init', { id: 'event-install-1', kind: 'install' })).toBeNull();
  expect(abi.host.called('bind')).toMatchObject([{ id: 'ui-multi', internalPort: 8080 }]);
  expect(abi.host.called('export-service-interface')).toMatchObject([{ id: 'ui', type: 'ui' }]);
  expect(abi.host.called('action.export').map(({ id }) => id)).toEqual(['set-greeting', 'show-greeting']);
  expect(JSON.parse(readFileSync(join(abi.volume, 'store.json'), 'utf8'))).toEqual({ greeting: 'Hello', count: 0 });
}, 60_000);

test('start brings the daemon up in a subcontainer, and its health turns green', async () => {
  expect(await abi.host.request('start', {})).toBeNull();
  await abi.host.until(() => health()?.['result'] === 'success', 'health');
  expect(health()).toMatchObject({ id: 'primary', name: 'Web page', message: 'The page is ready' });
  const page = abi.inside(
    'perl',
    '-MIO::Socket::INET',
    '-e',
    'print IO::Socket::INET->new("127.0.0.1:8080")->getlines',
  );
  expect(page).toContain('Hello');
  expect(abi.logs('hello-world-sub')).toContain('serving Hello on 8080');
}, 60_000);

test('an action changes what a const read watches, and the service asks for its restart', async () => {
  const event = { id: 'event-action-1', timeout: 10_000 };
  const asked = { ...event, procedure: '/actions/set-greeting/getInput', input: { prefill: null } };
  expect(await abi.host.request('execute', asked)).toMatchObject({ value: { greeting: 'Hello' } });
  const run = { ...event, procedure: '/actions/set-greeting/run' };
  expect(await abi.host.request('execute', { ...run, input: { input: { greeting: 'Moin' } } })).toBeNull();
  await abi.host.until(() => abi.host.called('restart').length === 1, 'restart');
}, 60_000);

test('stop ends the daemon in order and takes its subcontainer away', async () => {
  expect(await abi.host.request('stop', {})).toBeNull();
  expect(abi.logs('hello-world-sub')).toContain('stopping');
  expect(abi.host.called('subcontainer.destroy-fs')).toHaveLength(1);
  expect(abi.inside('ps', '-eo', 'args')).not.toContain('/bin/serve');
  expect(abi.inside('cat', '/proc/self/mountinfo')).not.toMatch(/subcontainers\/guid/);
}, 60_000);

test('a backup records what to copy', async () => {
  const procedure = { id: 'event-backup-1', procedure: '/backup/create', input: null, timeout: null };
  expect(await abi.host.request('execute', procedure)).toEqual({
    pairs: [{ volume: 'main', subpath: '', destination: 'volumes/main', excludes: [] }],
  });
}, 60_000);

test('it starts anew, and exit ends it and its container', async () => {
  await abi.host.request('start', {});
  await abi.host.until(() => abi.logs('hello-world-sub').includes('serving Moin'), 'the new greeting');
  const ended = new Promise((resolve) => abi.engine.client.on('container.exited', resolve));
  expect(await abi.host.request('exit', { id: 'event-exit-1', target: null })).toBeNull();
  expect(abi.host.called('set-data-version').at(-1)).toEqual({ version: null, eventId: 'event-exit-1' });
  expect(await ended).toMatchObject({ service: 'abi' });
}, 60_000);
