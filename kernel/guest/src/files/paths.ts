/** Where the package's world lies: as scripts name it, and where this process finds it (they differ only in tests). */
import { posix } from 'node:path';
import { FileError } from './error.ts';
import { type Place, type Root, walk } from './walk.ts';

/** The ABI's folders, as this process reaches them. */
export interface Layout {
  readonly volumes: string;
  readonly assets: string;
  readonly images: string;
  readonly backup: string;
  readonly subcontainers: string;
  readonly javascript: string;
  readonly hostSocket: string;
  /** What the owner hands to an action. */
  readonly files: string;
  readonly logs: string;
  /** Of the script's memory image; the guest's alone. Missing where there is to be none. */
  readonly memory: string;
  /** Private to the guest, on memory: bundles, process files, pipes. */
  readonly state: string;
  /** What scripts see as `/tmp`. */
  readonly temporary: string;
}

export const containerLayout: Layout = {
  volumes: '/media/startos/volumes',
  assets: '/media/startos/assets',
  images: '/media/startos/images',
  backup: '/media/startos/backup',
  subcontainers: '/media/startos/subcontainers',
  javascript: '/usr/lib/startos/package',
  hostSocket: '/media/startos/rpc/host.sock',
  files: '/media/startos/rpc/files',
  logs: '/var/log/hearth',
  memory: '/mnt/memory',
  state: '/var/tmp/hearth',
  temporary: '/var/tmp/hearth-script',
};

/** Single files of the system a script may read. */
const readable: Record<string, string> = {
  '/etc/resolv.conf': '/etc/resolv.conf',
  '/etc/hosts': '/etc/hosts',
  '/proc/net/tcp': '/proc/self/net/tcp',
  '/proc/net/tcp6': '/proc/self/net/tcp6',
  '/proc/net/udp': '/proc/self/net/udp',
  '/proc/net/udp6': '/proc/self/net/udp6',
  '/proc/net/route': '/proc/self/net/route',
  '/proc/net/dev': '/proc/self/net/dev',
  '/proc/meminfo': '/proc/meminfo',
  '/proc/cpuinfo': '/proc/cpuinfo',
  '/proc/loadavg': '/proc/loadavg',
  '/proc/uptime': '/proc/uptime',
};

/** Folders that are there and nothing more: packages make sure of them before a bind. */
const present = new Set(['/', '/dev', '/sys', '/run', '/proc', '/etc', '/media', '/media/startos']);

export class Paths {
  readonly #roots: readonly Root[];
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
    const root = (at: string, real: string, writable: boolean): Root => ({ at, real, writable, closed: false });
    this.#roots = [
      root('/media/startos/volumes', layout.volumes, true),
      root('/media/startos/assets', layout.assets, false),
      root('/media/startos/images', layout.images, false),
      root('/media/startos/backup', layout.backup, true),
      root('/media/startos/subcontainers', layout.subcontainers, true),
      root('/usr/lib/startos/package', layout.javascript, false),
      root('/media/startos/rpc/files', layout.files, false),
      root('/tmp', layout.temporary, true),
    ];
  }

  /** The real file behind a system path a script may read whole, or null. */
  systemFile(path: string): string | null {
    return readable[posix.normalize(path)] ?? null;
  }

  isPresent(path: string): boolean {
    const plain = posix.normalize(path);
    return present.has(plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain);
  }

  /**
   * The place of a path a script named.
   *
   * @throws FileError EACCES beyond the package's own folders, EROFS for a change where it may only read
   */
  place(path: string, { follow, change }: { follow: boolean; change: boolean }): Place {
    if (path.includes('\0')) throw new FileError('EINVAL', path);
    const place = walk(path, (wanted) => this.#rootOf(wanted), follow);
    if (!change || place.writable) return place;
    place.close();
    throw new FileError('EROFS', path);
  }

  /** Which subcontainer a path lies in, and where inside; null elsewhere. */
  subcontainerOf(path: string): { guid: string; inside: string } | null {
    const match = /^\/media\/startos\/subcontainers\/([A-Za-z0-9_-]{8,64})(\/.*)?$/.exec(posix.normalize(path));
    return match === null ? null : { guid: match[1] ?? '', inside: posix.join('/', match[2] ?? '/') };
  }

  /** The volume a path lies in, and where inside; null elsewhere. */
  volumeOf(path: string): { volume: string; subpath: string } | null {
    const match = /^\/media\/startos\/volumes\/([^/]+)(\/.*)?$/.exec(posix.normalize(path));
    return match === null ? null : { volume: match[1] ?? '', subpath: (match[2] ?? '').replaceAll(/^\/+|\/+$/g, '') };
  }

  #rootOf(path: string): { root: Root; rest: string } {
    const plain = posix.resolve('/', path);
    const sub = this.subcontainerOf(plain);
    if (sub !== null) {
      const at = `/media/startos/subcontainers/${sub.guid}`;
      const real = `${this.#layout.subcontainers}/${sub.guid}`;
      return { root: { at, real, writable: true, closed: true }, rest: sub.inside };
    }
    for (const root of this.#roots) {
      if (plain === root.at || plain.startsWith(`${root.at}/`)) return { root, rest: plain.slice(root.at.length) };
    }
    throw new FileError('EACCES', path);
  }
}
