import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usualBackupFolders } from '@hearth/contract';
import { afterAll, describe, expect, test } from '@jest/globals';
import { help, type Options, readOptions, reference, Usage } from './options.ts';
import { pluginConfigs } from './plugin-configs.ts';
import { plugins } from './plugins.ts';
import { Refusal } from './refusal.ts';

const none = '/nonexistent/config.json';
const options = (args: string[], environment: Record<string, string> = {}, file = none): Options => {
  const request = readOptions(args, environment, file);
  if (request.kind !== 'run') throw new Error(`Got ${request.kind}`);
  return request.options;
};
const scratch = mkdtempSync(join(tmpdir(), 'hearth-options-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let files = 0;
const file = (text: string) => {
  const path = join(scratch, `config-${files++}.json`);
  writeFileSync(path, text);
  return path;
};

describe('readOptions()', () => {
  test('gives the documented defaults', () => {
    expect(options([])).toEqual({
      data: '/var/lib/hearth',
      run: '/run/hearth',
      port: 8443,
      httpPort: 8080,
      bridge: 'hearth0',
      subnet: '10.0.3',
      lxcPath: '/var/lib/lxc',
      containerPrefix: 'hearth-',
      ids: null,
      cache: '/var/cache/hearth',
      backupFolders: usualBackupFolders,
      deadlineScale: 1,
      verbose: false,
    });
  });

  test('lets a flag win over the environment, and that over the file', () => {
    const system = file(JSON.stringify({ port: 1001, data: '/srv/a', bridge: 'br1', ids: '65536:655360' }));
    expect(options(['--port', '3003'], { HEARTH_PORT: '2002', HEARTH_DATA: '/srv/b/' }, system)).toMatchObject({
      port: 3003,
      data: '/srv/b',
      bridge: 'br1',
      ids: { first: 65_536, count: 655_360 },
    });
  });

  test('hands the kernel what concerns it', () => {
    const environment = { HEARTH_LOG_LEVEL: 'debug', HEARTH_TEST_LEDGER: '/tmp/x', PATH: '/bin' };
    expect(readOptions(['--verbose', '--plugins-network-mdns', 'false'], environment, none)).toMatchObject({
      options: { verbose: true },
      flags: ['--plugins-network-mdns', 'false'],
      environment: { HEARTH_LOG_LEVEL: 'debug' },
    });
  });

  test.each([
    [['--port', '0'], '"port" from the flags'],
    [['--port', '65536'], '"port" from the flags'],
    [['--port', '8443x'], '"port" from the flags'],
    [['--port'], 'a value must follow'],
    [['--data', 'relative'], '"data" from the flags'],
    [['--data', '/a/../b'], 'an absolute path'],
    [['--bridge', 'Bridge0'], 'a lower-case name'],
    [['--subnet', '10.0.300'], 'three numbers'],
    [['--ids', '5:5'], 'FIRST:COUNT'],
    [['--ids', '10000:70000'], 'at least 65536'],
    [['--plugins-network-mdns', 'perhaps'], '"plugins.network.mdns"'],
    [['--nonsense'], '--nonsense'],
    [['nonsense'], 'nonsense'],
  ])('refuses %j as wrong usage', (args, words) => {
    expect(() => readOptions(args, {}, none)).toThrow(Usage);
    expect(() => readOptions(args, {}, none)).toThrow(words);
  });

  test.each([
    ['{"prot": 1}', '"prot" from file'],
    ['{"plugins": {"network": {"mdsn": true}}}', '"plugins.network.mdsn" from file'],
    ['{', 'Cannot read configuration file'],
  ])('refuses the file %s', (text, words) => {
    const path = file(text);
    expect(() => options([], {}, path)).toThrow(Refusal);
    expect(() => options([], {}, path)).toThrow(words);
  });

  test('names every option in one of its two helps', () => {
    for (const flag of ['--data', '--port', '--http-port', '--run', '--help-config']) expect(help).toContain(flag);
    for (const flag of ['--ids', '--bridge', '--cache', '--plugins-network-mdns']) expect(reference()).toContain(flag);
    expect(readOptions(['--help-config'], {}, none)).toEqual({ kind: 'reference' });
  });
});

test('the launcher checks the configuration of the plugins that ship', () => {
  const shape = (list: typeof pluginConfigs) => list.map(({ id, config }) => ({ id, config }));
  expect(shape(pluginConfigs)).toEqual(shape(plugins));
});
