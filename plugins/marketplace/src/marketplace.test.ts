import { createServer, type Server } from 'node:http';
import { chmod, copyFile, cp, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorTables, type InstallRequest, type PackageSource, type ServiceRow } from '@hearth/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hex, keyFromSeed, type SigningKey } from '@hearth/s9pk';
import { openFile, packArchive } from '@hearth/s9pk/node';
import { publishToFolder } from '../../../sdk/kit/src/pack/registry.ts';
import { type PluginBed, pluginBed, silentLog, type StartedPlugin } from '../../../spec/testbed/plugin.ts';
import { serviceRow, servicesOf } from '../../../spec/testbed/services.ts';
import type { MarketplaceConfig } from './config.ts';
import { marketplacePlugin } from './plugin.ts';
import type { MarketplaceState } from './state.ts';

const key = keyFromSeed(new Uint8Array(32).fill(1));
const stranger = keyFromSeed(new Uint8Array(32).fill(2));
const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

let bed: PluginBed;
let rows: ServiceRow[];
let installs: InstallRequest[];
let source: PackageSource;
let plugin: StartedPlugin<MarketplaceConfig, MarketplaceState, unknown, unknown>;

const services = () =>
  servicesOf(rows, {
    registerSource: (given) => void (source = given),
    // What the kernel's planner makes of it is its own; here it is what the source shows.
    plan: async (request, signal) => {
      const { manifest, rootSighash, bytes, fetch } = await source.look!(request.input, signal);
      const plan = {
        ...{ kind: 'package.install' as const, service: request.id, title: manifest.title, from: null },
        ...{ to: manifest.version, rootSighash, fetch, disk: { needed: bytes, free: 1e9 }, changes: [] },
        ...{ memory: { needed: null, total: 1e9 }, snapshot: null, erases: null, downtime: 0 },
      };
      return { ...plan, id: 'cd'.repeat(32), dependants: [], ports: [], refusals: [] };
    },
    install: (request) => {
      installs.push(request);
      return Promise.resolve({ job: 'j1', rev: 1 });
    },
  });

beforeEach(async () => {
  bed = await pluginBed();
  [rows, installs] = [[], []];
  plugin = await bed.start(marketplacePlugin, { services: services() });
});
afterEach(async () => {
  await plugin.stop();
  await bed.remove();
});

const own = () => join(bed.places.data, 'registry');

/** A small package, good enough to be opened and listed. */
async function pack(version: string, signer: SigningKey = key): Promise<string> {
  const { manifest } = serviceRow('hello', 2);
  const file = join(bed.folder, `${version.replace(':', '_')}.s9pk`);
  const text = (value: string) => new TextEncoder().encode(value);
  const image = { source: 'packed', arch: [architecture], emulateMissingAs: null };
  const declared = {
    ...manifest,
    version,
    images: { main: image },
    hardwareRequirements: { device: [], ram: null, arch: [architecture] },
  };
  const tree = new Map([
    ['manifest.json', text(JSON.stringify(declared))],
    ['icon.svg', text('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['LICENSE.md', text('MIT')],
    ['instructions.md', text('# Hello')],
    ['javascript.squashfs', text('javascript')],
    [`images/${architecture}/main.squashfs`, text(`image ${version}`.repeat(1000))],
    [`images/${architecture}/main.json`, text('{}')],
    [`images/${architecture}/main.env`, text('')],
  ]);
  await packArchive(tree, file, { key: signer });
  return file;
}

async function publish(version: string, folder = own(), signer = key): Promise<void> {
  await mkdir(folder, { recursive: true });
  await publishToFolder(await pack(version, signer), folder, { name: 'Friends' });
}

const list = async (): Promise<any[]> => (await plugin.call('marketplace.list')).packages;

const bar = (signal = new AbortController().signal) => {
  const told: string[] = [];
  return {
    told,
    signal,
    log: silentLog,
    say: (words: string) => void told.push(words),
    progress: (done: number, total: number | null) => void told.push(`${done}/${String(total)}`),
  };
};

async function fetchLast(watching = bar()) {
  const destination = join(bed.places.staging, 'package.s9pk');
  return { ...(await source.fetch(installs.at(-1)!.input, destination, watching)), destination };
}

describe('registries', () => {
  test('the server has its own folder and the catalog, and they stay', async () => {
    const { registries } = await plugin.call('registry.list');
    expect(registries.map((one: { name: string }) => one.name)).toEqual(['This server', 'Made on this server']);
    await expect(plugin.call('registry.remove', { url: registries[0].url })).rejects.toMatchObject({
      code: 'marketplace.registryFixed',
    });
    expect(await list()).toEqual([]);
  });

  test('one is added, listed and removed', async () => {
    const folder = join(bed.folder, 'friends');
    await publish('1.0.0:0', folder);
    const url = pathToFileURL(folder).href;
    await plugin.call('registry.add', { url });
    await expect(plugin.call('registry.add', { url: `${url}/` })).rejects.toMatchObject({
      code: 'marketplace.registryKnown',
    });
    expect(await list()).toMatchObject([{ id: 'hello', registry: `${url}/`, registryName: 'Friends', recipe: false }]);
    await plugin.call('registry.remove', { url: `${url}/` });
    expect(await list()).toEqual([]);
  });

  test.each([
    ['ftp://example.com/', 'marketplace.registryAddress'],
    ['javascript:alert(1)', 'marketplace.registryAddress'],
    ['https://user:secret@example.com/', 'marketplace.registryAddress'],
    ['file:///nowhere/at/all', 'marketplace.registryUnreachable'],
  ])('%s is refused', async (url, code) => {
    await expect(plugin.call('registry.add', { url })).rejects.toMatchObject({ code });
  });

  test('one that is broken is noted, and the others are listed all the same', async () => {
    const folder = join(bed.folder, 'friends');
    await publish('1.0.0:0', folder);
    await plugin.call('registry.add', { url: pathToFileURL(folder).href });
    await publish('2.0.0:0');
    await writeFile(join(folder, 'index.json'), '{"format": 1, "name": "x", "packages": {"hello": {}}}');
    expect((await list()).map(({ registryName }) => registryName)).toEqual(['This server']);
    const [problem] = Object.values(plugin.scope.state.read().problems);
    expect(problem?.code).toBe('marketplace.registryInvalid');
  });
});

describe('package.install', () => {
  test('takes the newest version, copies the archive and vouches for its commitment', async () => {
    for (const version of ['1.9.0:0', '1.10.0:0', '1.2.0:0']) await publish(version);
    expect((await list())[0].versions.map((one: { version: string }) => one.version)).toEqual([
      '1.10.0:0',
      '1.9.0:0',
      '1.2.0:0',
    ]);
    expect(await plugin.call('package.install', { id: 'hello' })).toEqual({ job: 'j1', rev: 1 });
    expect(installs[0]).toMatchObject({ id: 'hello', title: 'Hello', source: 'registry', start: true });
    const watching = bar();
    const { commitment, registry, destination } = await fetchLast(watching);
    const archive = await openFile(destination, { commitment: commitment! });
    expect(JSON.parse(new TextDecoder().decode(await archive.manifest())).version).toBe('1.10.0:0');
    await archive.close();
    expect(registry).toBe(pathToFileURL(`${own()}/`).href);
    expect(watching.told.length).toBeGreaterThan(0);
  });

  test('takes the version and registry asked for; what nobody offers is refused', async () => {
    for (const version of ['1.0.0:0', '2.0.0:0']) await publish(version);
    await plugin.call('package.install', { id: 'hello', version: '1.0:0' });
    expect((await fetchLast()).destination).toBeDefined();
    for (const wish of [{ id: 'hello', version: '3.0.0:0' }, { id: 'other' }, { id: 'hello', registry: 'catalog:' }]) {
      await expect(plugin.call('package.install', wish)).rejects.toMatchObject({ code: 'marketplace.notFound' });
    }
  });

  test('a wrong signature in the index is refused, and not listed', async () => {
    await publish('1.0.0:0');
    const path = join(own(), 'index.json');
    const index = await readFile(path, 'utf8');
    await writeFile(path, index.replace(/"rootSighash": "(..)/, '"rootSighash": "ff'));
    expect(await list()).toEqual([]);
    await expect(plugin.call('package.install', { id: 'hello' })).rejects.toMatchObject({
      code: 'marketplace.signatureWrong',
    });
    expect(installs).toEqual([]);
  });

  test('an archive for another machine is refused', async () => {
    await publish('1.0.0:0');
    const path = join(own(), 'index.json');
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(architecture, 'riscv64'));
    await expect(plugin.call('package.install', { id: 'hello' })).rejects.toMatchObject({
      code: 'marketplace.wrongArchitecture',
    });
  });

  test('an archive another key has signed than the registry said is refused when it comes', async () => {
    await publish('1.0.0:0');
    const mine = join(own(), `hello/1.0.0_0-${architecture}.s9pk`);
    await plugin.call('package.install', { id: 'hello' });
    await copyFile(await pack('1.0.0:0', stranger), mine);
    await expect(fetchLast()).rejects.toMatchObject({ code: 'marketplace.signerUnlisted' });
  });

  test('an archive outside of the folder is refused, also behind a link', async () => {
    await publish('1.0.0:0');
    const secret = await pack('1.0.0:0');
    const path = join(own(), 'index.json');
    const index = await readFile(path, 'utf8');
    await symlink(secret, join(own(), 'hello/link.s9pk'));
    for (const url of ['../../1.0.0_0.s9pk', pathToFileURL(secret).href, 'hello/link.s9pk', 'data:,x']) {
      await writeFile(path, index.replace(`hello/1.0.0_0-${architecture}.s9pk`, url));
      await plugin.call('package.install', { id: 'hello' });
      await expect(fetchLast()).rejects.toMatchObject({ code: 'marketplace.registryInvalid' });
    }
  });
});

describe('updates', () => {
  const installed = (version: string, signer = hex(key.publicKey)): ServiceRow => {
    const row = serviceRow('hello', 2);
    const registry = pathToFileURL(`${own()}/`).href;
    return { ...row, manifest: { ...row.manifest, version }, package: { ...row.package, signer, registry } };
  };

  test('the newest newer version of the same flavor is told', async () => {
    for (const version of ['1.0.0:0', '1.1.0:0', '#knots:9.0.0:0']) await publish(version);
    rows.push(installed('1.0.0:0'));
    await plugin.call('marketplace.check');
    expect(plugin.scope.state.read().updates).toMatchObject({ hello: { version: '1.1.0:0' } });
    rows[0] = installed('1.1.0:0');
    await plugin.call('marketplace.check');
    expect(plugin.scope.state.read().updates).toEqual({});
  });

  test('are looked for when the server is ready and after each installation', async () => {
    await publish('2.0.0:0');
    await plugin.ready();
    rows.push(installed('1.0.0:0'));
    plugin.events.emit('service.installed', { service: 'hello', version: '1.0.0:0' });
    for (let tries = 0; tries < 100 && !('hello' in plugin.scope.state.read().updates); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(plugin.scope.state.read().updates['hello']?.version).toBe('2.0.0:0');
  });

  test('by another key are shown as what they are: refused', async () => {
    await publish('2.0.0:0', own(), stranger);
    rows.push(installed('1.0.0:0'));
    const told = await plugin.call('marketplace.plan', { id: 'hello' });
    expect(told.refusals).toEqual([expect.objectContaining({ code: 'marketplace.signerChanged' })]);
    const accepted = { id: 'hello', acceptSigner: hex(stranger.publicKey) };
    expect(await plugin.call('marketplace.plan', accepted)).toMatchObject({ to: '2.0.0:0', refusals: [] });
  });

  test('by another key are refused until the owner takes that key by name', async () => {
    await publish('2.0.0:0', own(), stranger);
    rows.push(installed('1.0.0:0'));
    const refused = { code: 'marketplace.signerChanged' };
    await expect(plugin.call('package.install', { id: 'hello' })).rejects.toMatchObject(refused);
    const other = { id: 'hello', acceptSigner: '00'.repeat(32) };
    await expect(plugin.call('package.install', other)).rejects.toMatchObject(refused);
    await plugin.call('package.install', { id: 'hello', acceptSigner: hex(stranger.publicKey) });
    expect(installs).toHaveLength(1);
    expect(installs[0]?.start).toBeUndefined();
  });
});

describe('recipes', () => {
  /** Stands in for the release: `hearth package pack` that says what it is told to. */
  async function release(script: string): Promise<void> {
    const { runtime } = bed.places;
    const { manifest } = serviceRow('hello', 2);
    await mkdir(join(runtime, 'catalog/hello/script'), { recursive: true });
    await writeFile(join(runtime, 'catalog/hello/script/manifest.json'), JSON.stringify(manifest));
    await writeFile(join(runtime, 'catalog/hello/icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await mkdir(join(runtime, 'catalog/broken'));
    await symlink(process.execPath, join(runtime, 'node'));
    await writeFile(join(runtime, 'hearth.mjs'), script);
    await chmod(join(runtime, 'hearth.mjs'), 0o755);
  }
  const say = (event: object) => `console.log(${JSON.stringify(JSON.stringify(event))});`;
  const commitment = { rootSighash: 'ab'.repeat(32), rootMaxsize: 300 };

  test('are listed at once, and built with progress when first installed', async () => {
    await release(
      [
        say({ type: 'phase', name: 'Building image main' }),
        say({ type: 'progress', done: 2, total: 7, units: 'steps' }),
        `import { cpSync } from 'node:fs'; const args = process.argv.slice(2); cpSync(${JSON.stringify(await pack('1.0.0:0'))}, args[args.indexOf('--out') + 1]);`,
        `if (args.slice(0, 2).join(' ') !== 'package pack' || !args[2].endsWith('catalog/hello')) process.exit(3);`,
        say({ type: 'packed', commitment, signer: 'x', file: 'y' }),
      ].join('\n'),
    );
    const [listed] = await list();
    expect(listed).toMatchObject({ id: 'hello', recipe: true, versions: [{ size: null, signer: null }] });
    expect(listed.icon).toMatch(/^data:image\/svg\+xml;base64,/);
    const told = await plugin.call('marketplace.plan', { id: 'hello' });
    expect(told).toMatchObject({ to: '1.0.0:0', rootSighash: null, fetch: 0 });
    await plugin.call('package.install', { id: 'hello' });
    const watching = bar();
    expect(await fetchLast(watching)).toMatchObject({ registry: 'catalog:', commitment });
    expect(watching.told).toEqual(['Building image main', '2/7']);
  });

  test('a build that fails says why', async () => {
    const error = { code: 'pack.toolMissing', kind: 'UNAVAILABLE', message: 'mmdebstrap is not installed' };
    await release(`${say({ type: 'failed', error })} process.exitCode = 1;`);
    await plugin.call('package.install', { id: 'hello' });
    await expect(fetchLast()).rejects.toMatchObject({
      code: 'marketplace.buildFailed',
      message: 'Building hello failed: mmdebstrap is not installed',
    });
  });

  test('a build ends when it is cancelled', async () => {
    await release('setInterval(() => undefined, 1000);');
    await plugin.call('package.install', { id: 'hello' });
    const cancel = new AbortController();
    const fetching = fetchLast(bar(cancel.signal));
    setTimeout(() => cancel.abort(), 200);
    await expect(fetching).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('the key this server builds with is made once and kept to itself', async () => {
    const path = join(plugin.scope.folder, 'build-key.pem');
    const before = await readFile(path, 'utf8');
    await plugin.stop();
    plugin = await bed.start(marketplacePlugin, { services: services() });
    expect(await readFile(path, 'utf8')).toBe(before);
  });
});

describe('over HTTP', () => {
  let server: Server;
  let url: string;
  /** Path and range of every request. */
  const asked: string[] = [];

  beforeEach(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.url ?? ''} ${request.headers.range ?? ''}`);
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      readFile(join(bed.folder, 'web', new URL(request.url ?? '/', 'http://x').pathname)).then(
        (bytes) => {
          if (last === undefined) return response.end(bytes);
          const part = bytes.subarray(Number(first), Number(last) + 1);
          const end = Number(first) + part.length - 1;
          response.writeHead(206, { 'content-range': `bytes ${first}-${end}/${bytes.length}` });
          return response.end(part);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(() => void server.close());

  test('the same folder is the same registry', async () => {
    await publish('1.0.0:0', join(bed.folder, 'web'));
    await plugin.call('registry.add', { url });
    expect(await list()).toMatchObject([{ id: 'hello', registry: url }]);
    await plugin.call('package.install', { id: 'hello' });
    const { destination, commitment } = await fetchLast();
    const archive = await openFile(destination, { commitment: commitment! });
    await archive.verifyAll();
    await archive.close();
  });

  test('a plan looks at the head of an archive alone, and binds the installation to what it showed', async () => {
    await publish('1.0.0:0', join(bed.folder, 'web'));
    await plugin.call('registry.add', { url });
    asked.length = 0;
    const told = await plugin.call('marketplace.plan', { id: 'hello' });
    expect(told).toMatchObject({ service: 'hello', to: '1.0.0:0', refusals: [] });
    expect(asked.filter((line) => line.includes('.s9pk'))).toEqual([expect.stringContaining('bytes=0-65535')]);
    const { size } = await stat(join(bed.folder, 'web', `hello/1.0.0_0-${architecture}.s9pk`));
    expect(told.fetch).toBe(size);
    await plugin.call('package.install', { id: 'hello', expect: told.rootSighash });
    expect(installs.at(-1)).toMatchObject({ id: 'hello', expect: told.rootSighash });
  });

  test('an archive by a key the registry does not name is not even shown', async () => {
    await publish('1.0.0:0', join(bed.folder, 'web'));
    await plugin.call('registry.add', { url });
    const file = join(bed.folder, 'web', `hello/1.0.0_0-${architecture}.s9pk`);
    await copyFile(await pack('1.0.0:0', stranger), file);
    await expect(plugin.call('marketplace.plan', { id: 'hello' })).rejects.toMatchObject({
      code: expect.stringMatching(/^(s9pk|marketplace)\./),
    });
  });

  test('a registry on the web cannot name files of this machine', async () => {
    await publish('1.0.0:0', join(bed.folder, 'web'));
    const path = join(bed.folder, 'web/index.json');
    const index = await readFile(path, 'utf8');
    await plugin.call('registry.add', { url });
    await writeFile(path, index.replace(`hello/1.0.0_0-${architecture}.s9pk`, 'file:///etc/passwd'));
    await plugin.call('package.install', { id: 'hello' });
    await expect(fetchLast()).rejects.toMatchObject({ code: 'marketplace.registryInvalid' });
  });

  test('one that is down is noted', async () => {
    await publish('1.0.0:0', join(bed.folder, 'web'));
    await plugin.call('registry.add', { url });
    await rm(join(bed.folder, 'web'), { recursive: true });
    expect(await list()).toEqual([]);
    expect(plugin.scope.state.read().problems[url]).toMatchObject({ code: 'marketplace.registryUnreachable' });
    await cp(own(), join(bed.folder, 'web'), { recursive: true }).catch(() => undefined);
  });
});

test('every error is explained in the README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const explained = new Set([...readme.matchAll(/`(?:marketplace\.)?(\w+)`/g)].map(([, name]) => name));
  const table = Object.keys(errorTables.get('marketplace') ?? {});
  expect(table.length).toBeGreaterThan(5);
  expect(table.filter((name) => !explained.has(name))).toEqual([]);
});
