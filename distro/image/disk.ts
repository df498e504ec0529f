/** The disk: system and boot partition as files, and both in their places. */
import { cp, mkdir, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../daemon/src/run.ts';
import { layout, partitions, sectorSize } from './partitions.ts';
import type { Workplace } from './workplace.ts';

const mebibyte = 1024 * 1024;
/** The building machine's packages of which a part comes to lie on the disk. */
export const bootLoaders = ['syslinux', 'syslinux-common', 'systemd-boot-efi'] as const;
/** Of the first sector, before the table of partitions. */
const bootCodeBytes = 440;

/** The system as one read-only file: same tree and epoch, same bytes. */
export async function squash({ work, epoch }: Workplace, tree: string): Promise<string> {
  const file = join(work, 'system.squashfs');
  await run('mksquashfs', [
    ...[tree, file, '-noappend', '-quiet', '-no-progress', '-no-exports', '-comp', 'zstd', '-Xcompression-level', '6'],
    ...['-all-time', String(epoch), '-mkfs-time', String(epoch)],
    // The kernel is on the boot partition, and the state partition covers /var.
    ...['-wildcards', '-e', 'boot/*', 'var/*'],
  ]);
  return file;
}

/** The boot partition, for UEFI (systemd-boot) and BIOS (syslinux); kernel and initramfs of each slot in a folder of its own. */
export async function bootPartition(
  { work, epoch }: Workplace,
  kernel: string,
  initramfs: string,
  options: string,
): Promise<string> {
  const file = join(work, 'esp.fat');
  const staging = join(work, 'esp');
  for (const folder of ['EFI/BOOT', 'loader/entries', 'hearth-a', 'syslinux'])
    await mkdir(join(staging, folder), { recursive: true });
  await cp('/usr/lib/systemd/boot/efi/systemd-bootx64.efi', join(staging, 'EFI/BOOT/BOOTX64.EFI'));
  await cp(kernel, join(staging, 'hearth-a/vmlinuz'));
  await cp(initramfs, join(staging, 'hearth-a/initrd'));
  await writeFile(join(staging, 'loader/loader.conf'), 'timeout 0\ndefault hearth-*\neditor no\n');
  await writeFile(
    join(staging, 'loader/entries/hearth-a.conf'),
    `title Hearth\nlinux /hearth-a/vmlinuz\ninitrd /hearth-a/initrd\noptions ${options}\n`,
  );
  await writeFile(
    join(staging, 'syslinux/syslinux.cfg'),
    `default hearth-a\nprompt 0\nlabel hearth-a\nlinux /hearth-a/vmlinuz\ninitrd /hearth-a/initrd\nappend ${options}\n`,
  );
  await run('find', [staging, '-exec', 'touch', '--no-dereference', '--date', `@${epoch}`, '{}', '+']);
  await rm(file, { force: true });
  await truncateTo(file, partitions.esp.mebibytes * mebibyte);
  await run('mkfs.vfat', ['-F', '32', '-n', 'HEARTH', '--invariant', file]);
  const environment = { SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC' };
  for (const entry of (await readdir(staging)).sort())
    await run('mcopy', ['-i', file, '-s', '-m', '-Q', join(staging, entry), '::'], { environment });
  await run('syslinux', ['--directory', '/syslinux', '--install', file], { environment });
  return file;
}

/** The whole disk, sparse. */
export async function assemble({ work }: Workplace, esp: string, system: string): Promise<string> {
  const disk = join(work, 'disk.raw');
  await rm(disk, { force: true });
  await truncateTo(disk, layout.sectors * sectorSize);
  await run('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', disk], { input: layout.script });
  const bootCode = await readFile('/usr/lib/syslinux/mbr/gptmbr.bin');
  const handle = await open(disk, 'r+');
  await handle.write(bootCode, 0, Math.min(bootCode.length, bootCodeBytes), 0);
  await handle.close();
  for (const [file, start] of [
    [esp, layout.starts.esp],
    [system, layout.starts.a],
  ] as const) {
    const seek = (start * sectorSize) / mebibyte;
    await run('dd', [`if=${file}`, `of=${disk}`, 'bs=1M', `seek=${seek}`, 'conv=notrunc,sparse', 'status=none']);
  }
  return disk;
}

async function truncateTo(file: string, bytes: number): Promise<void> {
  await (await open(file, 'a')).close();
  await truncate(file, bytes);
}
