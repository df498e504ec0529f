/** What must stand before the processes start: folders with their owners, and the engine's configuration. */
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineConfig } from '@hearth/contract';
import type { Account } from './account.ts';
import type { Options } from './options.ts';

/** In the root-only part of the data folder: what stands in it is believed. */
export function engineConfigFile(options: Options): string {
  return join(options.data, 'engine/engine.json');
}

export async function makeFolders(options: Options, { uid, gid }: Account): Promise<void> {
  const owned = async (path: string, mode: number, owner = true) => {
    await mkdir(path, { recursive: true });
    await chmod(path, mode);
    if (owner) await chown(path, uid, gid);
  };
  await owned(options.data, 0o755, false);
  await owned(join(options.data, 'log'), 0o750, false);
  for (const [name, mode] of [
    ['kernel', 0o700],
    ['packages', 0o700],
    ['staging', 0o700],
    ['proxy', 0o700],
    ['registry', 0o755],
  ] as const) {
    await owned(join(options.data, name), mode);
  }
  await owned(join(options.data, 'runtime'), 0o755, false);
  await owned(join(options.data, 'engine'), 0o700, false);
  // Root's own sockets are here; the kernel's are in folders of its own, which it cannot put anything else in place of.
  await owned(options.run, 0o711, false);
  await owned(join(options.run, 'kernel'), 0o700);
  await owned(join(options.run, 'rpc'), 0o700);
  await owned(options.cache, 0o755, false);
  await owned(join(options.cache, 'images'), 0o755);
}

export async function writeEngineConfig(
  options: Options,
  made: {
    readonly account: Account;
    readonly ids: { first: number; count: number };
    /** Folder of the release that runs. */
    readonly release: string;
    readonly base: string;
  },
): Promise<void> {
  const config: EngineConfig = {
    data: options.data,
    run: options.run,
    runtime: made.release,
    base: made.base,
    lxcPath: options.lxcPath,
    containerPrefix: options.containerPrefix,
    bridge: options.bridge,
    subnet: options.subnet,
    ids: made.ids,
    backupFolders: [...options.backupFolders],
    deadlineScale: options.deadlineScale,
    user: made.account,
  };
  await writeFile(engineConfigFile(options), JSON.stringify(config, null, 2), { mode: 0o600 });
}
