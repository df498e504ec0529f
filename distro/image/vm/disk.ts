/** The disk of a test: a sparse copy of the built image whose kernel command line says that it is one. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../daemon/src/run.ts';
import { layout, sectorSize } from '../partitions.ts';

/** Of systemd-boot and of syslinux. */
const entries = ['::/loader/entries/hearth-a.conf', '::/syslinux/syslinux.cfg'];

/**
 * Emulation is 10 to 20 times slower; a shell on the second serial port, which ends when it is told to (an interactive one
 * would hold power-off up for a minute); the units' words on the first.
 */
const testing = [
  // An emulated processor leaks nothing, and forgetting all its addresses at every system call takes half of its time.
  'mitigations=off',
  'systemd.setenv=HEARTH_DEADLINE_SCALE=10',
  `systemd.run="/bin/sh -c 'stty -F /dev/ttyS1 raw -echo; PS1= PS2= TERM=dumb SYSTEMD_COLORS=0 SYSTEMD_PAGER=cat exec /bin/sh +i </dev/ttyS1 >/dev/ttyS1 2>&1'"`,
  'systemd.run_success_action=none',
  'systemd.run_failure_action=none',
  'systemd.wants=multi-user.target',
  'systemd.show_status=true',
].join(' ');

/** `extraBytes` more than the image has: the state partition is to grow into them. */
export async function makeTestDisk(image: string, folder: string, extraBytes: number): Promise<string> {
  const disk = join(folder, 'disk.raw');
  await copyDisk(image, disk);
  const bootPartition = `${disk}@@${layout.starts.esp * sectorSize}`;
  const file = join(folder, 'entry.conf');
  for (const entry of entries) {
    await run('mcopy', ['-n', '-i', bootPartition, entry, file]);
    const text = await readFile(file, 'utf8');
    assert.match(text, / quiet .* systemd\.show_status=auto\n/);
    await writeFile(file, text.replace(' quiet ', ` ${testing} `).replace(' systemd.show_status=auto\n', '\n'));
    await run('mcopy', ['-o', '-i', bootPartition, file, entry]);
    await rm(file);
  }
  await run('truncate', [`--size=+${extraBytes}`, disk]);
  return disk;
}

/** Holes stay holes. */
export async function copyDisk(from: string, to: string): Promise<void> {
  await run('cp', ['--sparse=always', '--reflink=auto', from, to]);
}
