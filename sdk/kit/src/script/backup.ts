/**
 * Backups by the ABI's own words: one rsync per volume. Hearth records the pair and takes a snapshot; StartOS copies.
 */
import type { Effects } from './effects.ts';
import type { Host } from '../node/host.ts';

export interface Kept {
  readonly volume: string;
  readonly exclude: readonly string[];
}

const backupRoot = '/media/startos/backup';
const volumePath = (volume: string) => `/media/startos/volumes/${volume}/`;
const backupPath = (volume: string) => `${backupRoot}/volumes/${volume}/`;
const versionFile = `${backupRoot}/dataVersion.txt`;

export async function backUp(effects: Effects, host: Host, volumes: readonly Kept[]): Promise<void> {
  for (const { volume, exclude } of volumes)
    await copy(host, volumePath(volume), backupPath(volume), [
      '--delete',
      ...exclude.map((pattern) => `--exclude=${pattern}`),
    ]);
  const version = await effects.getDataVersion();
  if (version !== null) await host.files.write(versionFile, version);
}

/** Deletes nothing: the host may have filled the volumes itself already. */
export async function restore(effects: Effects, host: Host, volumes: readonly Kept[]): Promise<void> {
  for (const { volume } of volumes) await copy(host, backupPath(volume), volumePath(volume), []);
  const version = await host.files.read(versionFile);
  if (version !== null) await effects.setDataVersion({ version: version.trim() });
}

async function copy(host: Host, from: string, to: string, options: readonly string[]): Promise<void> {
  await host.files.makeFolder(to);
  let said = '';
  const argv = [
    'rsync',
    ...options,
    '-rlptgoAXH',
    '--partial',
    '--inplace',
    '--timeout=300',
    '--info=progress2',
    from,
    to,
  ];
  const program = host.start(argv, { onText: (text, stream) => (said += stream === 'stderr' ? text : '') });
  const { code, signal } = await program.exited;
  if (code !== 0) throw new Error(`Copying ${from} to ${to} failed (${signal ?? code ?? 'unknown'}): ${said.trim()}`);
}
