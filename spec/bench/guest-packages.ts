/** The packages the bench of the guest runs: ten small ones, and ten with the published SDK in them (2.6 MB). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePackage, ExamplePacker, type PackedExample } from '../system/package-image.ts';

/** All a package must have, and an action that counts how often it can ask the host in a while. */
const smallScript = (id: string): string => `
const manifest = ${JSON.stringify({
  ...{ id, version: '1.0.0:0', title: id, license: 'MIT', releaseNotes: 'x', canMigrateFrom: '*', canMigrateTo: '!' },
  ...{
    packageRepo: 'https://example.com/',
    upstreamRepo: 'https://example.com/',
    description: { short: 'x', long: 'x' },
  },
  ...{ volumes: ['main'], images: { main: { source: 'packed', arch: ['x86_64'] } }, dependencies: {} },
})};
const os = require('os');
const metadata = { name: 'Count', description: 'Asks the host', warning: null, visibility: 'enabled', allowedStatuses: 'any', hasInput: false, group: null };
function count() {
  const asked = 100000, from = performance.now();
  for (let n = 0; n < asked; n++) os.arch();
  return asked / (performance.now() - from) * 1000;
}
async function effects(host) {
  const asked = 2000, from = performance.now();
  for (let n = 0; n < asked; n++) await host.getOsIp();
  return asked / (performance.now() - from) * 1000;
}
module.exports = {
  manifest,
  init: async ({ effects }) => { for (const id of ['count', 'again']) await effects.action.export({ id, metadata }); },
  uninit: async () => {},
  main: async () => ({ build: async () => ({ term: async () => {} }) }),
  createBackup: async () => {},
  actions: { get: (id) => id === 'again' ? ({ getInput: async () => null, run: async ({ effects }) => { await effects.restart(); return null; } }) : ({
    getInput: async () => null,
    run: async (given) => ({ version: '1', title: 'Asked', message: null, result: { type: 'single', value: JSON.stringify({ calls: count(), effects: await effects(given.effects) }), copyable: false, qr: false, masked: false } }),
  }) },
};
`;

export class BenchPackages {
  readonly #packer: ExamplePacker;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#packer = new ExamplePacker(folder);
  }

  /** Small ones, or hello-world under other names: the bundle is what `ncc` made, but for its id. */
  async make(kind: string, ids: readonly string[]): Promise<PackedExample[]> {
    const bundle = kind === 'small' ? null : bundlePackage('hello-world', join(this.#folder, 'published'));
    const packed: PackedExample[] = [];
    for (const id of ids) {
      const script = bundle?.replace(/id: (["'])hello-world\1/, `id: '${id}'`) ?? smallScript(id);
      packed.push(await this.#pack(id, script));
    }
    return packed;
  }

  #pack(id: string, script: string): Promise<PackedExample> {
    const folder = join(this.#folder, id);
    mkdirSync(join(folder, 'script'), { recursive: true });
    writeFileSync(join(folder, 'script/index.js'), script);
    return this.#packer.packScript(id, folder, join(folder, 'none'));
  }
}
