import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keyFromSeed, openFile, pluginKind } from '@hearth/s9pk/node';
import { createPlugin, packPlugin, testPlugin } from './index.ts';

const template = resolve(import.meta.dirname, '../../template');
const key = keyFromSeed(new Uint8Array(32).fill(9));
let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'hearth-plugin-kit-'));
});
afterAll(() => rm(work, { recursive: true }));

async function begin(id: string): Promise<string> {
  const folder = join(work, id);
  await createPlugin(folder, template);
  return folder;
}

test('a new plugin bears its own name, passes its tests, and packs to the same archive twice', async () => {
  const folder = await begin('tea-garden');
  const said: string[] = [];
  await testPlugin(folder, (text) => said.push(text));
  expect(said.join('')).toMatch(/pass 3/);
  const [one, two] = [
    await packPlugin(folder, join(work, 'one'), key),
    await packPlugin(folder, join(work, 'two'), key),
  ];
  expect(one.rootSighash).toBe(two.rootSighash);
  const archive = await openFile(one.file, { kind: pluginKind });
  const files = (await archive.presentFiles()).map(({ path }) => path).sort();
  expect(files).toEqual(['index.js', 'panel/index.html', 'panel/panel.css', 'panel/panel.js', 'plugin.json']);
  const manifest = JSON.parse(Buffer.from(await archive.read('plugin.json')).toString('utf8'));
  expect(manifest).toMatchObject({ id: 'tea-garden', title: 'Tea Garden', entry: 'index.js' });
  const script = Buffer.from(await archive.read('index.js')).toString('utf8');
  expect(script).not.toMatch(/require\(|import /);
  await archive.close();
}, 60_000);

test.each(['webdav', 'rest-server'])(
  'the example %s passes its tests and packs',
  async (name) => {
    const example = resolve(import.meta.dirname, '../../examples', name);
    await testPlugin(example, () => undefined);
    await packPlugin(example, join(work, `${name}.plugin`), key);
  },
  60_000,
);

test('the page about places for backups shows the example as it is', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../../docs/backup-places.md'), 'utf8');
  const shown = [...page.matchAll(/^```(?:ts|json) (\S+)\n([\s\S]*?)^```$/gm)];
  expect(shown.map(([, name]) => name)).toEqual(['plugin.json', 'index.ts', 'index.test.ts']);
  for (const [, name = '', text] of shown)
    expect(text).toBe(await readFile(resolve(import.meta.dirname, '../../examples/rest-server', name), 'utf8'));
});

test('nothing that is there is written over; names are names', async () => {
  const folder = await begin('coffee');
  await expect(createPlugin(folder, template)).rejects.toMatchObject({ code: 'pluginKit.folderTaken' });
  await expect(createPlugin(join(work, 'Bad_Name'), template)).rejects.toMatchObject({ code: 'pluginKit.idInvalid' });
});

test('what cannot run on a server is told before anything is packed', async () => {
  const folder = await begin('odd');
  const index = await readFile(join(folder, 'index.ts'), 'utf8');
  await writeFile(join(folder, 'index.ts'), `import { readFileSync } from 'node:fs';\nreadFileSync('/');\n${index}`);
  await expect(packPlugin(folder, join(work, 'odd.plugin'), key)).rejects.toMatchObject({
    code: 'pluginKit.scriptInvalid',
    message: expect.stringContaining('node:fs'),
  });
  await writeFile(join(folder, 'index.ts'), index);
  await mkdir(join(folder, 'panel/.git'));
  await writeFile(join(folder, 'panel/.git/config'), '');
  await expect(packPlugin(folder, join(work, 'odd.plugin'), key)).rejects.toMatchObject({ code: 'pluginKit.fileOdd' });
  await rm(join(folder, 'panel/.git'), { recursive: true });
  await symlink('/etc/passwd', join(folder, 'panel/users.txt'));
  await expect(packPlugin(folder, join(work, 'odd.plugin'), key)).rejects.toMatchObject({ code: 'pluginKit.fileOdd' });
  await rm(join(folder, 'panel/users.txt'));
  const manifest = JSON.parse(await readFile(join(folder, 'plugin.json'), 'utf8'));
  await writeFile(join(folder, 'plugin.json'), JSON.stringify({ ...manifest, capabilities: [] }));
  await expect(packPlugin(folder, join(work, 'odd.plugin'), key)).rejects.toMatchObject({
    code: 'pluginKit.manifestInvalid',
    message: expect.stringContaining('they need the capability "methods"'),
  });
  await rm(join(folder, 'plugin.json'));
  await expect(packPlugin(folder, join(work, 'odd.plugin'), key)).rejects.toMatchObject({
    code: 'pluginKit.manifestMissing',
  });
});

test('tests that fail are told as such', async () => {
  const folder = await begin('wrong');
  await writeFile(
    join(folder, 'index.test.ts'),
    `import { test } from 'node:test'; void test('no', () => { throw new Error('no'); });`,
  );
  await expect(testPlugin(folder, () => undefined)).rejects.toMatchObject({ code: 'pluginKit.testsFailed' });
  await rm(join(folder, 'index.test.ts'));
  await expect(testPlugin(folder, () => undefined)).rejects.toMatchObject({ code: 'pluginKit.testsMissing' });
}, 30_000);
