/** The kit where it belongs: in QuickJS, with the guest's own files, watches and programs that are not there. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { act, dropBuiltGuest, startGuest } from '../../../../kernel/guest/src/testing/guest-under-test.ts';
import { bundleScript } from '../pack/bundle.ts';

const root = resolve(import.meta.dirname, '../../../..');
const script = `
import { about, images } from '../../sdk/kit/src/testing/example.ts';
import { answer, defineService, envFile, iniFile, jsonFile, model, rawFile, shown, tomlFile, xmlFile, yamlFile } from '@hearth/sdk';
const port = model.object({ port: model.number(), open: model.flag() });
const initial = { port: 80, open: false };
const all = { volume: 'data', model: port, initial } as const;
export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about, images, volumes: ['data'],
  files: {
    json: jsonFile({ ...all, path: 'a.json' }), yaml: yamlFile({ ...all, path: 'deep/a.yaml' }),
    toml: tomlFile({ ...all, path: 'a.toml' }), ini: iniFile({ ...all, path: 'a.ini' }), env: envFile({ ...all, path: 'a.env' }),
    xml: xmlFile({ volume: 'data', path: 'a.xml', model: model.object({ r: port }), initial: { r: initial } }),
    raw: rawFile({ volume: 'data', path: 'a.txt', initial: 1, read: Number, print: String }),
  },
  secrets: { admin: { name: 'Password', show: 'Opens it' } },
  async prepare({ files, volumes }) {
    const { port } = await files.yaml.const();
    await volumes.data.write('seen', String(port));
  },
  daemons: {},
  actions: { do: { name: 'Do', description: 'Does', async run({ files }) {
    for (const each of [files.json, files.yaml, files.toml, files.ini, files.env]) await each.merge({ port: 8080 });
    await files.xml.merge({ r: { port: 8080 } });
    await files.raw.write(8080);
    const read = [];
    for (const each of [files.json, files.yaml, files.toml, files.ini, files.env]) read.push(await each.once());
    return answer('Done', JSON.stringify([...read, (await files.xml.once()).r, await files.raw.once()]), { x: shown('y') });
  } } },
  backup: ['data'],
});
`;
let work: string;
let code: string;
beforeAll(async () => {
  // Within the tree, where packages find the kit.
  mkdirSync(join(root, 'out'), { recursive: true });
  work = mkdtempSync(join(root, 'out/sandbox-'));
  writeFileSync(join(work, 'package.ts'), script);
  ({ code } = await bundleScript(join(work, 'package.ts')));
}, 60_000);
afterAll(async () => {
  rmSync(work, { recursive: true, force: true });
  await dropBuiltGuest();
});

test('every format is read and written there, and a change by somebody else has prepare run again', async () => {
  await using guest = await startGuest(code);
  const { host, layout } = guest;
  const data = (name: string) => join(layout.volumes, 'data', name);
  mkdirSync(join(layout.volumes, 'data'), { recursive: true });
  mkdirSync(join(layout.volumes, 'secrets'), { recursive: true });
  await host.request('init', { id: 'event-init-01', kind: 'install' });
  expect(readFileSync(data('seen'), 'utf8')).toBe('80');
  expect(readFileSync(join(layout.volumes, 'secrets/admin'), 'utf8')).toHaveLength(24);
  const wanted = { port: 8080, open: false };
  const done = (await act(guest)) as { message: string };
  expect(JSON.parse(done.message)).toEqual([wanted, wanted, wanted, wanted, wanted, wanted, 8080]);
  expect(readFileSync(data('a.toml'), 'utf8')).toBe('port = 8080\nopen = false\n');
  await host.until(() => readFileSync(data('seen'), 'utf8') === '8080', 'prepare ran again');
  writeFileSync(data('deep/a.yaml'), 'port: 9090\nopen: true\n');
  await host.until(() => readFileSync(data('seen'), 'utf8') === '9090', 'and again');
  expect(existsSync(data('a.xml'))).toBe(true);
}, 60_000);
