/**
 * Hooks around a backup, of every kind packages have: a program writes its dump into the backup folder from a
 * subcontainer; the script writes there itself; a dump lies in a volume only while the volumes are copied; records, whose
 * volume is not backed up, are made anew from the dump.
 */
import * as fs from 'node:fs/promises';
import { sdk } from './sdk';

const backupFolder = '/media/startos/backup';
const volumes = '/media/startos/volumes';
const mounts = () =>
  sdk.Mounts.of().mountVolume({ volumeId: 'records', subpath: null, mountpoint: '/records', readonly: false });

/** As the SDK's own database dumps do it. */
async function withBackupFolder(effects: any, name: string, command: string): Promise<void> {
  await sdk.SubContainer.withTemp(effects, { imageId: 'main' }, mounts(), name, async (sub: any) => {
    const { execFile } = await import('node:child_process');
    await fs.mkdir(`${sub.rootfs}/backup-target`, { recursive: true });
    await new Promise<void>((resolve, reject) =>
      execFile('mount', ['--rbind', backupFolder, `${sub.rootfs}/backup-target`], (error) =>
        error ? reject(error) : resolve(),
      ),
    );
    await sub.execFail(['sh', '-c', command]);
  });
}

export const { createBackup, restoreInit } = sdk.setupBackups(async () =>
  sdk.Backups.withOptions({ exclude: ['cache'] })
    .addVolume('main', { weight: 60 })
    // A part of a volume, under another name, with patterns of its own.
    .addSync({
      dataPath: `${volumes}/letters/sent/`,
      backupPath: `${backupFolder}/post/`,
      backupOptions: { exclude: ['draft-*'] },
    })
    .setBackupOptions({ exclude: ['cache', '*.tmp'] })
    .setRestoreOptions({ delete: false })
    .setPreBackup(async (effects) => {
      await withBackupFolder(effects, 'dump', 'cat /records/book > /backup-target/book.dump');
      await fs.writeFile(`${volumes}/main/passing.dump`, 'only while it is copied');
    })
    .setPostBackup(async () => {
      await fs.rm(`${volumes}/main/passing.dump`);
      await fs.writeFile(`${backupFolder}/note.txt`, 'written after the copies');
    })
    .setPreRestore(async () => {
      await fs.writeFile(`${volumes}/records/order`, 'before, ');
    }, 5)
    .setPostRestore(async (effects) => {
      await withBackupFolder(effects, 'load', 'cat /backup-target/book.dump > /records/book');
      const note = await fs.readFile(`${backupFolder}/note.txt`, 'utf8');
      const passing = await fs.readFile(`${volumes}/main/passing.dump`, 'utf8');
      await fs.writeFile(`${volumes}/main/restored.txt`, `${note}; ${passing}`);
      await fs.appendFile(`${volumes}/records/order`, 'after');
    }),
);
