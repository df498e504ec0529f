/** Reads mount tables. */
import { readFileSync } from 'node:fs';

export interface Mount {
  readonly id: number;
  readonly device: string;
  /** Folder of the file system that is mounted. */
  readonly root: string;
  readonly target: string;
  readonly options: readonly string[];
  readonly shared: boolean;
  readonly type: string;
  readonly source: string;
  readonly superOptions: string;
}

/** In the order they were made. Empty when the process is gone. */
export function mountsOf(pid: number | 'self' = 'self'): Mount[] {
  try {
    return parseMounts(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'));
  } catch {
    return [];
  }
}

export function parseMounts(text: string): Mount[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ', 2);
      const [id, , device = '', root = '', target = '', options = '', ...tags] = before.split(' ');
      const [type = '', source = '', superOptions = ''] = after.split(' ');
      return {
        id: Number(id),
        device,
        root: unescape(root),
        target: unescape(target),
        options: options.split(','),
        shared: tags.some((tag) => tag.startsWith('shared:')),
        type,
        source: unescape(source),
        superOptions,
      };
    });
}

/** Mount points at or beneath a path, deepest and newest first: the order to unmount in. */
export function targetsBeneath(path: string, mounts: readonly Mount[] = mountsOf()): string[] {
  return mounts
    .filter(({ target }) => target === path || target.startsWith(`${path}/`))
    .map(({ target }) => target)
    .reverse();
}

/** The newest mount whose point is exactly this path. */
export function mountAt(path: string, mounts: readonly Mount[] = mountsOf()): Mount | undefined {
  return mounts.findLast(({ target }) => target === path);
}

/** The mount a path lies on. */
export function mountOf(path: string, mounts: readonly Mount[] = mountsOf()): Mount | undefined {
  return mounts
    .filter(({ target }) => target === '/' || path === target || path.startsWith(`${target}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best && best.target.length > mount.target.length ? best : mount),
      undefined,
    );
}

function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
