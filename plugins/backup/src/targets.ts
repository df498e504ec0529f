/** Where backups go: a folder of this machine and the password it is sealed with. */
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, normalize } from 'node:path';
import type { EngineClient, Places, Slice } from '@hearth/contract';
import { errors } from './errors.ts';
import type { BackupSecret, BackupState, BackupTarget } from './state.ts';

/** What the engine needs to open a repository. */
export interface Access {
  readonly repository: { readonly kind: 'folder'; readonly path: string };
  readonly password: string;
}

export interface NewTarget {
  readonly name: string;
  readonly path: string;
  readonly password: string;
}

export interface Targets {
  /** Throws `backup.unknownTarget`. */
  read(target: string): BackupTarget;
  access(target: string): Access;
  /**
   * Opens the repository in the folder, or makes one. Throws `backup.folderMissing`, `backup.notFolder`,
   * `backup.insideData`, `backup.targetKnown`, and the engine's words (`engine.repositoryPassword`, ...).
   */
  add(target: NewTarget, signal: AbortSignal): Promise<{ id: string; created: boolean; rev: number }>;
  /** Forgets it; the backups stay where they are. */
  remove(target: string): Promise<number>;
}

export interface TargetsParts {
  readonly state: Slice<BackupState>;
  readonly secret: Slice<BackupSecret>;
  readonly engine: EngineClient;
  readonly places: Places;
  readonly now: () => number;
}

export function createTargets({ state, secret, engine, places, now }: TargetsParts): Targets {
  function read(target: string): BackupTarget {
    const found = Object.hasOwn(state.read().targets, target) ? state.read().targets[target] : undefined;
    if (found === undefined) throw errors.unknownTarget({ target });
    return found;
  }

  return {
    read,

    access(target) {
      const { path } = read(target);
      return { repository: { kind: 'folder', path }, password: secret.read().passwords[target] ?? '' };
    },

    async add({ name, path: asked, password }, signal) {
      const path = await usableFolder(asked, places);
      refuseKnown(state.read(), path);
      const { created } = await engine.call(
        'backup.prepare',
        { repository: { kind: 'folder', path }, password },
        { signal },
      );
      let id = '';
      await secret.commit('backup.target.add', ({ passwords }) => {
        id = freeId(name, new Set([...Object.keys(passwords), ...Object.keys(state.read().targets)]));
        passwords[id] = password;
      });
      const rev = await state.commit('backup.target.add', (draft) => {
        refuseKnown(draft, path);
        draft.targets[id] = { id, name, kind: 'folder', path, addedAt: now(), lastRun: null };
      });
      return { id, created, rev };
    },

    async remove(target) {
      read(target);
      const rev = await state.commit('backup.target.remove', ({ targets }) => {
        delete targets[target];
      });
      await secret.commit('backup.target.remove', ({ passwords }) => {
        delete passwords[target];
      });
      return rev;
    },
  };
}

function refuseKnown({ targets }: BackupState, path: string): void {
  const known = Object.values(targets).find((target) => target.path === path);
  if (known !== undefined) throw errors.targetKnown({ path, target: known.name });
}

/** The real path of a folder that is there: a drive that is not plugged in must not become a folder of the system disk. */
async function usableFolder(asked: string, places: Places): Promise<string> {
  if (!isAbsolute(asked)) throw errors.folderMissing({ path: asked });
  const path = await realpath(asked).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw errors.folderMissing({ path: asked }, error);
    if (code === 'ENOTDIR') throw errors.notFolder({ path: asked }, error);
    // The kernel may not look there; the engine, which may, judges for itself.
    return normalize(asked);
  });
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isDirectory()) throw errors.notFolder({ path: asked });
  for (const own of [places.data, places.run]) {
    const real = await realpath(own).catch(() => own);
    if (path === real || path.startsWith(`${real}/`)) throw errors.insideData({ path: asked });
  }
  return path;
}

/** `USB drive` -> `usb-drive`, `usb-drive-2`. */
function freeId(name: string, taken: ReadonlySet<string>): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['target'];
  const base = words.join('-').slice(0, 40).replace(/-$/, '');
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
