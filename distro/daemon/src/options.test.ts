import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { help, type Options, readOptions } from './options.ts';

const none = '/nonexistent/start.json';
const options = (args: string[], environment: Record<string, string> = {}, file = none): Options => {
  const request = readOptions(args, environment, file);
  if (request.kind !== 'run') throw new Error(`Got ${request.kind}`);
  return request.options;
};

describe('readOptions()', () => {
  test('gives the documented defaults', () => {
    expect(options([])).toMatchObject({
      data: '/var/lib/hearth',
      port: 8443,
      httpPort: 8080,
      bridge: 'hearth0',
      ids: null,
    });
  });

  test('lets a flag win over the environment, and that over the file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'hearth-options-')), 'start.json');
    writeFileSync(file, JSON.stringify({ port: 1001, data: '/srv/a', bridge: 'br1' }));
    expect(options(['--port', '3003'], { HEARTH_PORT: '2002', HEARTH_DATA: '/srv/b' }, file)).toMatchObject({
      port: 3003,
      data: '/srv/b',
      bridge: 'br1',
    });
  });

  test.each([
    [['--port', '0'], '--port takes a port'],
    [['--port', '65536'], '--port takes a port'],
    [['--port', '8443x'], '--port takes a port'],
    [['--data', 'relative'], '--data takes an absolute path'],
    [['--data', '/a/../b'], '--data takes an absolute path'],
    [['--bridge', 'Bridge0'], '--bridge takes'],
    [['--ids', '5:5'], '--ids takes'],
    [['--nonsense'], 'nonsense'],
  ])('refuses %j', (args, words) => {
    expect(() => readOptions(args, {}, none)).toThrow(words);
  });

  test('refuses a file with an unknown option or no JSON', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hearth-options-'));
    writeFileSync(join(folder, 'unknown.json'), '{"prot": 1}');
    writeFileSync(join(folder, 'broken.json'), '{');
    expect(() => options([], {}, join(folder, 'unknown.json'))).toThrow('does not know: "prot"');
    expect(() => options([], {}, join(folder, 'broken.json'))).toThrow('is not JSON');
  });

  test('names every option in the help', () => {
    for (const flag of ['--data', '--port', '--http-port', '--ids', '--help']) expect(help).toContain(flag);
  });
});
