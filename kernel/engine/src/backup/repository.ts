/** Where a repository is: a folder the owner named, or what the kernel serves; and what restic says about it. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { EngineInput, HearthError } from '@hearth/contract';
import { errors } from '../errors.ts';
import type { Machine } from '../host/machine.ts';
import { lastWords, type RunResult } from '../system/run.ts';
import { codeOf } from '../system/errno.ts';

export type Repository = EngineInput<'backup.prepare'>['repository'];
type Folder = Extract<Repository, { readonly kind: 'folder' }>;

/** Looked at and found good: the real path of a folder, or of the kernel's socket. */
export interface Place {
  readonly kind: Repository['kind'];
  readonly path: string;
}

/** What errors call the place; the kernel knows the name its owner gave to one that it serves. */
export function nameOf({ kind, path }: Place): string {
  return kind === 'folder' ? path : 'served';
}

/** Throws `engine.repositoryForbidden`. */
export async function placeOf(machine: Machine, repository: Repository): Promise<Place> {
  return repository.kind === 'folder'
    ? { kind: 'folder', path: await repositoryPath(machine, repository) }
    : { kind: 'served', path: join(machine.layout.targets, `${repository.socket}.sock`) };
}

const systemFolders = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/proc',
  '/sbin',
  '/sys',
  '/usr',
];
/**
 * The real path of a repository folder. A folder that is not there yet is taken by its nearest ancestor that is.
 * Throws `engine.repositoryForbidden`.
 */
async function repositoryPath({ config }: Machine, repository: Folder): Promise<string> {
  const path = await resolveExisting(repository.path);
  const refuse = (why: string) => errors.repositoryForbidden({ path: repository.path, why });
  if (path === '/') throw refuse('it is the whole machine');
  for (const own of [config.data, config.run, config.lxcPath, config.runtime, config.base]) {
    const real = await resolveExisting(own);
    if (isBeneath(real, path)) throw refuse('it lies in a folder of Hearth itself');
    if (isBeneath(path, real)) throw refuse('it holds a folder of Hearth itself');
  }
  if (systemFolders.some((folder) => isBeneath(folder, path))) throw refuse('it lies in a system folder');
  const meant = await Promise.all(config.backupFolders.map(resolveExisting));
  if (!meant.some((folder) => isBeneath(folder, path)))
    throw refuse(`backups are kept in ${config.backupFolders.join(', ')} (backupFolders in /etc/hearth/config.json)`);
  return path;
}

async function resolveExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') {
      throw errors.repositoryForbidden({ path, why: 'it cannot be opened' }, cause);
    }
    const parent = dirname(path);
    return parent === path ? path : join(await resolveExisting(parent), relative(parent, path));
  }
}

function isBeneath(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

export async function isRepository(path: string): Promise<boolean> {
  return stat(join(path, 'config')).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Throws `engine.repositoryForbidden` for a folder with something else in it. */
export async function mustBeEmpty(path: string): Promise<void> {
  const names = await readdir(path).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return [];
    throw errors.repositoryForbidden({ path, why: 'it cannot be opened' }, cause);
  });
  if (names.length > 0) throw errors.repositoryForbidden({ path, why: 'there is something else in it' });
}

/** What restic's last words mean; they are stable English. */
export function repositoryError(path: string, result: RunResult): HearthError {
  const text = result.stderr;
  if (/wrong password|no key found/i.test(text)) return errors.repositoryPassword({ path });
  if (/already locked|unable to create lock/i.test(text) && !/no space left/i.test(text)) {
    return errors.repositoryLocked({ path });
  }
  if (/no space left|disk quota exceeded/i.test(text)) return errors.repositoryFull({ path });
  if (/is there a repository at|unable to open config file/i.test(text)) return errors.repositoryMissing({ path });
  return errors.repositoryDamaged({ path, words: lastWords({ ...result, stdout: '' }) });
}
