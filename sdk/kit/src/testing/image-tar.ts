/** Image archives for tests, byte by byte. */
import { createHash } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';

export interface Member {
  readonly path: string;
  /** Of files; folders end in a slash, links have `link`. */
  readonly content?: string;
  readonly link?: string;
  readonly hard?: boolean;
  readonly mode?: number;
  readonly uid?: number;
  /** Type letter, where it is an odd one. */
  readonly type?: string;
  readonly pax?: Readonly<Record<string, string>>;
}

export function tar(members: readonly Member[]): Buffer {
  return Buffer.concat([...members.flatMap(entry), Buffer.alloc(1024)]);
}

function entry({ path, content = '', link, hard = false, mode, uid = 0, type, pax }: Member): Buffer[] {
  const folder = path.endsWith('/');
  const kind = type ?? (link !== undefined ? (hard ? '1' : '2') : folder ? '5' : '0');
  const data = Buffer.from(content);
  const records = Object.entries(pax ?? {}).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length + 1;
    while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
    return `${length}${rest}`;
  });
  const extended = Buffer.from(records.join(''));
  return [
    ...(extended.length === 0 ? [] : [header('pax', 'x', extended.length, 0o644, 0, ''), padded(extended)]),
    header(path, kind, data.length, mode ?? (folder ? 0o755 : 0o644), uid, link ?? ''),
    padded(data),
  ];
}

const padded = (data: Buffer) => Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);

function header(path: string, type: string, size: number, mode: number, uid: number, link: string): Buffer {
  const made = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    made.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  made.write(path, 0, 100, 'latin1');
  octal(mode, 100, 8);
  octal(uid, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(1_000_000_000, 136, 12);
  made.write('        ', 148, 'latin1');
  made.write(type, 156, 'latin1');
  made.write(link, 157, 100, 'latin1');
  made.write('ustar\u000000', 257, 'latin1');
  const sum = made.reduce((total, byte) => total + byte, 0);
  made.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return made;
}

export const sha256 = (data: Buffer): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;

export interface ArchiveOptions {
  readonly layers: readonly Buffer[];
  readonly form?: 'oci' | 'saved';
  readonly compress?: 'gzip' | 'zstd' | 'none';
  readonly config?: object;
  readonly architecture?: string;
  /** Images for other machines in the same index, of which nothing is stored. */
  readonly others?: readonly string[];
  /** Changes what is stored, after all digests were made. */
  readonly spoil?: (members: Map<string, Buffer>) => void;
}

/** An image of layers, as an OCI layout or as older `docker save` writes it. */
export function imageArchive(options: ArchiveOptions): Buffer {
  const { layers, form = 'oci', compress = 'gzip', config = {}, architecture = 'amd64', others = [], spoil } = options;
  const packed = layers.map((layer) =>
    compress === 'gzip' ? gzipSync(layer) : compress === 'zstd' ? zstdCompressSync(layer) : layer,
  );
  const told = { architecture, os: 'linux', config, rootfs: { type: 'layers', diff_ids: layers.map(sha256) } };
  const members = new Map<string, Buffer>();
  const json = (value: object) => Buffer.from(JSON.stringify(value));
  const blob = (data: Buffer, type: string) => {
    members.set(`blobs/${sha256(data).replace(':', '/')}`, data);
    return { mediaType: `application/vnd.oci.image.${type}`, digest: sha256(data), size: data.length };
  };
  if (form === 'oci') {
    const suffix = compress === 'none' ? '' : `+${compress}`;
    const stored = packed.map((data) => blob(data, `layer.v1.tar${suffix}`));
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: blob(json(told), 'config.v1+json'),
      layers: stored,
    };
    const described = { ...blob(json(manifest), 'manifest.v1+json'), platform: { architecture, os: 'linux' } };
    const elsewhere = others.map((name) => ({
      digest: sha256(Buffer.from(name)),
      platform: { architecture: name, os: 'linux' },
    }));
    const index = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [...elsewhere, described],
    };
    members.set('index.json', json({ schemaVersion: 2, manifests: [blob(json(index), 'index.v1+json')] }));
    members.set('oci-layout', json({ imageLayoutVersion: '1.0.0' }));
  } else {
    members.set('config.json', json(told));
    const names = packed.map((data, at) => {
      members.set(`${at}/layer.tar`, data);
      return `${at}/layer.tar`;
    });
    members.set('manifest.json', json([{ Config: 'config.json', RepoTags: ['a:b'], Layers: names }]));
  }
  spoil?.(members);
  return Buffer.concat([
    ...[...members].flatMap(([path, data]) => [header(path, '0', data.length, 0o644, 0, ''), padded(data)]),
    Buffer.alloc(1024),
  ]);
}
