/** Plugin archives for tests, from a script and what the manifest says. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Capability } from '@hearth/contract';
import { keyFromSeed, packArchive, pluginKind, type SigningKey } from '@hearth/s9pk/node';

export const author = keyFromSeed(new Uint8Array(32).fill(21));
export const stranger = keyFromSeed(new Uint8Array(32).fill(22));

const reason = 'Because the test wants to see it.';
/** Everything there is, each asked for as widely as it can be. */
export const everything: readonly Capability[] = [
  { capability: 'state', reason },
  { capability: 'storage', megabytes: 1, reason },
  { capability: 'methods', reason },
  { capability: 'panel', reason },
  { capability: 'timers', everySeconds: 5, reason },
  { capability: 'jobs', reason },
  { capability: 'notifications', perDay: 3, reason },
  { capability: 'health', reason },
  { capability: 'server.read', reason },
  { capability: 'services.read', services: 'all', reason },
  { capability: 'services.addresses', services: 'all', reason },
  { capability: 'services.give-addresses', services: 'all', reason },
  { capability: 'services.control', services: ['syncthing'], moves: ['start', 'stop', 'restart'], reason },
  { capability: 'events.listen', events: ['service.status', 'other-plugin/rain'], reason },
  { capability: 'events.emit', reason },
  { capability: 'network.fetch', hosts: ['api.example.org'], reason },
  { capability: 'backup.target', hosts: ['dav.example.org'], entered: true, reason },
];

export const any = { type: 'map', of: { type: 'text' } } as const;

export interface TestPlugin {
  readonly id?: string;
  readonly version?: string;
  readonly capabilities?: readonly Capability[];
  readonly script?: string;
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Further files by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly key?: SigningKey;
}

export function manifestOf({ id = 'probe', version = '1.0.0', capabilities = [], manifest = {} }: TestPlugin) {
  const about = 'Does what a test asks of it.';
  return { format: 1, id, title: 'Probe', version, about, entry: 'index.js', capabilities, ...manifest };
}

/** Writes the archive as an upload of that box, and answers its id. */
export async function upload(staging: string, id: string, plugin: TestPlugin): Promise<string> {
  const file = join(staging, 'uploads', id);
  await mkdir(dirname(file), { recursive: true });
  await writePlugin(file, plugin);
  return id;
}

export async function writePlugin(file: string, plugin: TestPlugin): Promise<void> {
  const text = (words: string) => Buffer.from(words);
  const tree = new Map<string, Uint8Array>([
    ['plugin.json', text(JSON.stringify(manifestOf(plugin)))],
    ['index.js', text(plugin.script ?? 'module.exports = {};')],
    ...Object.entries(plugin.files ?? {}).map(([path, words]) => [path, text(words)] as const),
  ]);
  await packArchive(tree, file, { key: plugin.key ?? author, kind: pluginKind });
}

let uploads = 0;
export function newUploadId(): string {
  uploads += 1;
  return uploads.toString(16).padStart(32, '0');
}
