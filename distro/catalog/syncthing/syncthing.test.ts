/** The script in the sandbox it is made for: QuickJS and the guest's shims, with a host made up for the test. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { manifest as manifestSchema } from '@hearth/contract';
import { bundleScript, readRecipe } from '@hearth/sdk/pack';
import { dropBuiltGuest, startGuest } from '../../../kernel/guest/src/testing/guest-under-test.ts';
import { gated, hardened, installed } from './config.ts';

const bundle = bundleScript(join(import.meta.dirname, 'package.ts'));
const config = `<configuration version="36">
    <device id="ABC" name="vm" compression="metadata"></device>
    <gui enabled="true" tls="true" debugging="false">
        <address>127.0.0.1:8384</address>
        <user>admin</user>
        <password>$2a$10$x</password>
        <apikey>key</apikey>
    </gui>
    <options>
        <urAccepted>0</urAccepted>
        <crashReportingEnabled>true</crashReportingEnabled>
    </options>
</configuration>
`;

afterAll(dropBuiltGuest);

describe('the configuration', () => {
  test('lets the proxy in, and stays as it is when it is right', () => {
    const once = hardened(config);
    expect(once).toContain('<address>0.0.0.0:8384</address>');
    expect(once).toContain('<insecureSkipHostcheck>true</insecureSkipHostcheck>');
    expect(once).toContain('<gui enabled="true" tls="false" debugging="false">');
    expect(hardened(once)).toBe(once);
    expect(hardened(once.replace('check>true', 'check>false'))).toBe(once);
  });

  test('reports nothing to anybody', () => {
    expect(installed(config)).toContain('<urAccepted>-1</urAccepted>');
    expect(installed(config)).toContain('<crashReportingEnabled>false</crashReportingEnabled>');
    expect(installed(config)).toContain('<device id="ABC" name="Hearth"');
  });

  test('is gated only with user and password', () => {
    expect(gated(config)).toBe(true);
    expect(gated(config.replace('admin', ''))).toBe(false);
    expect(gated('<configuration></configuration>')).toBe(false);
  });
});

test('recipe and script are whole, and the manifest is valid', async () => {
  const recipe = await readRecipe(import.meta.dirname);
  const { manifest } = await bundle;
  expect(manifestSchema.parse(manifest)).toMatchObject({ id: recipe.id, volumes: ['data'] });
  expect(Object.keys(recipe.images)).toEqual(Object.keys(manifest.images));
});

test('in the sandbox it sets itself up, shows its password and names what a backup keeps', async () => {
  await using guest = await startGuest((await bundle).code);
  const { host, layout } = guest;
  const volume = join(layout.volumes, 'data');
  mkdirSync(join(volume, 'config'), { recursive: true });
  writeFileSync(join(volume, 'config/config.xml'), config);
  writeFileSync(join(volume, 'credentials.json'), '{"user": "admin", "password": "hunter2"}');
  host.answers['get-data-version'] = () => '1.19.2:0';

  await host.request('init', { id: 'event-00000001', kind: null });
  expect(readFileSync(join(volume, 'config/config.xml'), 'utf8')).toContain('0.0.0.0:8384');
  expect(host.called('bind').map(({ id, internalPort }) => [id, internalPort])).toEqual([
    ['ui', 8384],
    ['sync', 22000],
  ]);
  expect(host.called('export-service-interface')).toHaveLength(2);
  expect(host.called('action.export').map(({ id }) => id)).toEqual(['get-credentials', 'reset-password']);

  const shown = await host.request('execute', {
    id: 'event-00000002',
    procedure: '/actions/get-credentials/run',
    input: { input: null },
    timeout: null,
  });
  expect(shown).toMatchObject({
    result: { value: [{ value: 'admin' }, { value: 'hunter2', masked: true, copyable: true }] },
  });

  const kept = await host.request('execute', {
    id: 'event-00000003',
    procedure: '/backup/create',
    input: null,
    timeout: null,
  });
  expect(kept).toEqual({
    pairs: [{ volume: 'data', subpath: '', destination: 'volumes/data', excludes: ['config/index-*.db'] }],
  });
}, 60_000);
