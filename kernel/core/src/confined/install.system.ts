/** Installing, updating and allowing: what the owner is told, what holds, and what is refused. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Capability, Principal } from '@hearth/contract';
import { buildRuntime, type ConfinedBox, type ConfinedRuntime, startBox } from './testing/box.ts';
import { newUploadId, stranger, type TestPlugin, upload, writePlugin } from './testing/plugins.ts';

const reason = 'Because the test wants to see it.';
const methods: Capability = { capability: 'methods', reason };
const notes: Capability = { capability: 'storage', megabytes: 1, reason };
const hosts = (...names: string[]): Capability => ({ capability: 'network.fetch', hosts: names, reason });

const version = (number: string, capabilities: readonly Capability[], more: Partial<TestPlugin> = {}): TestPlugin => ({
  id: 'notes',
  version: number,
  capabilities,
  manifest: { methods: { keep: { about: 'Keep a word', allow: 'viewer' }, all: { about: 'Tell', allow: 'viewer' } } },
  script: `module.exports = { methods: {
    keep: (_, { hearth }) => hearth.storage.set('word', '${number}'),
    all: async (_, { hearth }) => [await hearth.storage.get('word'), hearth.granted('network.fetch')],
  } };`,
  ...more,
});

let runtime: ConfinedRuntime;
let box: ConfinedBox;
beforeAll(async () => {
  runtime = await buildRuntime();
  box = await startBox({ runtime });
}, 60_000);
afterAll(async () => {
  await box.stop();
  await runtime.remove();
});

const send = (plugin: TestPlugin) => upload(box.places.staging, newUploadId(), plugin);
const codeOf = (work: Promise<unknown>) =>
  work.then(() => 'ok').catch((error: unknown) => (error as { code: string }).code);

test('an update says what is new, needs a word for that alone, and keeps data; another author gets none of it', async () => {
  await box.install(version('1.0.0', [methods, notes, hosts('a.example')]));
  await box.rpc('notes.keep');

  const wider = await send(version('1.1.0', [methods, { ...notes, megabytes: 2 }, hosts('a.example', 'b.example')]));
  const seen = await box.rpc('plugin.inspect', { upload: wider });
  expect(seen).toMatchObject({ id: 'notes', from: '1.0.0', version: '1.1.0', refusal: null });
  expect(seen.changes).toMatchObject([
    { capability: 'methods', change: 'same', needsGrant: false, before: null },
    {
      capability: 'storage',
      change: 'more',
      needsGrant: true,
      sentence: 'Keep up to 2 MB of data of its own on this server',
      before: 'Keep up to 1 MB of data of its own on this server',
    },
    {
      capability: 'network.fetch',
      change: 'more',
      needsGrant: true,
      sentence: 'Reach a.example, b.example on the internet',
    },
  ]);
  const refused = box.rpc('plugin.install', { upload: wider, grant: ['storage'] });
  await expect(refused).rejects.toMatchObject({
    code: 'plugins.grantNeeded',
    data: { capabilities: ['network.fetch'], sentences: 'Reach a.example, b.example on the internet' },
  });
  expect(await box.rpc('notes.all')).toEqual(['1.0.0', true]);
  await box.rpc('plugin.install', { upload: wider, expect: seen.rootSighash, grant: ['storage', 'network.fetch'] });
  await box.until('notes', 'running');

  const narrower = await send(version('1.2.0', [methods, notes]));
  const { changes } = await box.rpc('plugin.inspect', { upload: narrower });
  expect(changes.map(({ capability, change }: { capability: string; change: string }) => [capability, change])).toEqual(
    [
      ['methods', 'same'],
      ['storage', 'less'],
      ['network.fetch', 'gone'],
    ],
  );
  await box.rpc('plugin.install', { upload: narrower });
  await box.until('notes', 'running');
  expect(await box.rpc('notes.all')).toEqual(['1.0.0', false]);
  // One version lies there, and what was granted is what this one asks.
  expect(await readdir(join(box.places.data, 'kernel/confined/notes'))).toHaveLength(4);
  expect((await box.rpc('plugin.list')).plugins[0].granted).toEqual([methods, notes]);

  const other = await send(version('1.3.0', [methods, notes], { key: stranger }));
  expect(await codeOf(box.rpc('plugin.install', { upload: other, grant: [] }))).toBe('plugins.otherSigner');
  await box.rpc('plugin.remove', { id: 'notes', keepData: true });
  await box.rpc('plugin.install', { upload: other, grant: ['methods', 'storage'] });
  await box.until('notes', 'running');
  expect(await box.rpc('notes.all')).toEqual([null, false]);
  await box.rpc('plugin.remove', { id: 'notes' });
}, 120_000);

test('data that was kept waits for the same author', async () => {
  await box.install(version('1.0.0', [methods, notes]));
  await box.rpc('notes.keep');
  await box.rpc('plugin.remove', { id: 'notes', keepData: true });
  await box.install(version('2.0.0', [methods, notes]));
  expect(await box.rpc('notes.all')).toEqual(['1.0.0', false]);
  await box.rpc('plugin.remove', { id: 'notes' });
}, 60_000);

test('without what it needs it waits, and runs when it has it; what is optional it does without', async () => {
  const optional: Capability = { ...hosts('a.example'), optional: true };
  await box.install(version('1.0.0', [methods, notes, optional]), { grant: ['methods', 'storage'] });
  expect(await box.rpc('notes.all')).toEqual([null, false]);
  await box.rpc('plugin.grant', { id: 'notes', capabilities: ['methods', 'storage', 'network.fetch'] });
  await box.until('notes', 'running');
  expect(await box.rpc('notes.all')).toEqual([null, true]);
  await box.rpc('plugin.grant', { id: 'notes', capabilities: ['methods'] });
  const { reason: why } = await box.until('notes', 'waiting');
  expect(why).toBe('It needs what you have not allowed: Keep up to 1 MB of data of its own on this server');
  expect(await codeOf(box.rpc('notes.all'))).toBe('plugins.notRunning');
  expect(await codeOf(box.rpc('plugin.grant', { id: 'notes', capabilities: ['panel'] }))).toBe('plugins.notAsked');
  await box.rpc('plugin.remove', { id: 'notes' });
}, 60_000);

describe('refused, and nothing of it stays', () => {
  const good = version('1.0.0', [methods, notes]);
  test.each<[string, TestPlugin, string]>([
    ['the name of a part of Hearth', { ...good, id: 'jobs', manifest: {} }, 'plugins.idTaken'],
    ['the name of a slice', { ...good, id: 'services', manifest: {} }, 'plugins.idTaken'],
    ['the first word of methods', { ...good, id: 'job', manifest: {} }, 'plugins.idTaken'],
    ['a word of JavaScript', { ...good, id: 'constructor' }, 'plugins.archiveInvalid'],
    ['a name that is a path', { ...good, id: '../evil' }, 'plugins.archiveInvalid'],
    ['another layout', { ...good, manifest: { ...good.manifest, format: 2 } }, 'plugins.archiveInvalid'],
    ['an unknown key', { ...good, manifest: { ...good.manifest, setuid: true } }, 'plugins.archiveInvalid'],
    ['methods nobody asked for', { ...good, capabilities: [notes] }, 'plugins.archiveInvalid'],
    [
      'a capability that is none',
      { ...good, capabilities: [{ capability: 'root', reason } as never] },
      'plugins.archiveInvalid',
    ],
    ['a capability twice', { ...good, capabilities: [methods, notes, notes] }, 'plugins.archiveInvalid'],
    ['an address for a host', { ...good, capabilities: [methods, hosts('127.0.0.1')] }, 'plugins.archiveInvalid'],
    [
      'a script that is not there',
      { ...good, manifest: { ...good.manifest, entry: 'other.js' } },
      'plugins.archiveInvalid',
    ],
    [
      'a script that leads out',
      { ...good, manifest: { ...good.manifest, entry: '../../index.js' } },
      'plugins.archiveInvalid',
    ],
    ['a hidden file', { ...good, files: { '.ssh/key': 'x' } }, 'plugins.archiveInvalid'],
    [
      'too many files',
      { ...good, files: Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`f${at}`, ''])) },
      'plugins.archiveInvalid',
    ],
    ['a script that is too long', { ...good, script: ' '.repeat(2_100_000) }, 'plugins.archiveInvalid'],
    ['more than fits', { ...good, files: { 'large.txt': 'x'.repeat(9 << 20) } }, 'plugins.archiveTooLarge'],
  ])('%s', async (_, plugin, code) => {
    const sent = await send(plugin);
    const grant = ['methods', 'storage'];
    expect(await codeOf(box.rpc('plugin.install', { upload: sent, grant }))).toBe(code);
    expect((await box.rpc('plugin.list')).plugins).toEqual([]);
    expect(await readdir(join(box.places.data, 'kernel/confined')).catch(() => [])).toEqual([]);
  });

  test('a bit that was turned anywhere in it, a package, half of it, nothing', async () => {
    const id = newUploadId();
    const file = join(box.places.staging, 'uploads', id);
    await mkdir(join(box.places.staging, 'uploads'), { recursive: true });
    await writePlugin(file, good);
    const bytes = await readFile(file);
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 97)) {
      const turned = Buffer.from(bytes);
      turned[at] = (turned[at] ?? 0) ^ 0x10;
      await writeFile(file, turned);
      expect([at, await codeOf(box.rpc('plugin.inspect', { upload: id }))]).toEqual([at, 'plugins.archiveInvalid']);
    }
    for (const part of [bytes.subarray(0, bytes.length / 2), Buffer.alloc(0)]) {
      await writeFile(file, part);
      expect(await codeOf(box.rpc('plugin.inspect', { upload: id }))).toBe('plugins.archiveInvalid');
    }
    expect(await codeOf(box.rpc('plugin.inspect', { upload: 'f'.repeat(32) }))).toBe('plugins.uploadMissing');
    expect(await codeOf(box.rpc('plugin.inspect', { upload: '../x' }))).toBe('rpc.invalidInput');
  });

  test('another file than the one that was looked at, and anyone but the owner', async () => {
    const sent = await send(good);
    const grant = ['methods', 'storage'];
    expect(await codeOf(box.rpc('plugin.install', { upload: sent, grant, expect: 'a'.repeat(64) }))).toBe(
      'plugins.changed',
    );
    for (const role of ['admin', 'viewer'] as const) {
      const who: Principal = { kind: 'user', user: role, role, session: 's' };
      for (const [method, input] of [
        ['plugin.inspect', { upload: sent }],
        ['plugin.install', { upload: sent, grant }],
        ['plugin.grant', { id: 'notes', capabilities: [] }],
        ['plugin.remove', { id: 'notes' }],
      ] as const)
        expect([role, method, await codeOf(box.rpc(method, input, who))]).toEqual([role, method, 'rpc.notAllowed']);
    }
  });
});

test('the page is served to its frame, with what keeps it there; nothing else of the archive is', async () => {
  const { http } = await import('../testing/http.ts');
  const panel: Capability = { capability: 'panel', reason };
  await box.install({
    id: 'paged',
    capabilities: [panel],
    manifest: { panel: { title: 'Paged', file: 'page/index.html' } },
    files: {
      'page/index.html': '<p>hello</p>',
      'page/a.js': '1',
      'page/odd.exe': 'x',
      'secret.txt': 'not of the page',
    },
  });
  const get = (path: string) => http({ socketPath: box.sockets.kernel, path: `/panel/paged/${path}` });
  const page = await get('page/index.html');
  expect([page.status, page.text(), page.headers['content-type']]).toEqual([
    200,
    '<p>hello</p>',
    'text/html; charset=utf-8',
  ]);
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain('sandbox allow-scripts;');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain('frame-ancestors https://localhost:8443');
  expect(policy).not.toMatch(/allow-same-origin|unsafe-eval|connect-src|script-src[^;]*unsafe-inline/);
  expect((await get('page/a.js')).headers['access-control-allow-origin']).toBe('*');
  for (const path of [
    'secret.txt',
    'plugin.json',
    'index.js',
    'page/odd.exe',
    'page/../plugin.json',
    'page/%2e%2e/plugin.json',
    '',
  ])
    expect([path, (await get(path)).status]).toEqual([path, expect.not.stringMatching(/^200$/)]);
  for (const path of ['secret.txt', 'plugin.json', 'index.js', 'page/odd.exe', 'page/%2e%2e/plugin.json'])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  await box.rpc('plugin.grant', { id: 'paged', capabilities: [] });
  expect((await get('page/index.html')).status).toBe(404);
  await box.rpc('plugin.remove', { id: 'paged' });
}, 60_000);
