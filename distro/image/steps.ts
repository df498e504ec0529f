/** The steps that make a disk image out of Debian packages and a release, each from files to files. */
import { createHash } from 'node:crypto';
import {
  access,
  cp,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { debianSources } from '@hearth/engine/base';
import { run } from '../daemon/src/run.ts';
import { excludedPaths, imagePackages } from './packages.ts';
import { layout, partitions, sectorSize } from './partitions.ts';

export type Tell = (detail: string) => void;

export interface Workplace {
  /** Everything half-made; removed before each build. */
  readonly work: string;
  /** Kept between builds: package sets by hash. */
  readonly cache: string;
  /** Seconds; every time stamp in the image. */
  readonly epoch: number;
}

const here = import.meta.dirname;
/** Of the file system with the containers' root tree; fixed, as everything else. */
const baseId = '48454152-5448-4000-8000-000000000010';

/** A tar of the Debian system, by the hash of what decides it. */
export async function bootstrap({ cache }: Workplace, tell: Tell): Promise<string> {
  const sources = await debianSources();
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'bookworm';
  const hash = createHash('sha256')
    .update(JSON.stringify([4, sources, suite, imagePackages, excludedPaths]))
    .digest('hex')
    .slice(0, 16);
  const tar = join(cache, `system-${hash}.tar`);
  if (await exists(tar)) return tar;
  const partial = `${tar}.partial`;
  await run(
    'mmdebstrap',
    [
      ...['--mode=root', '--format=tar', '--variant=minbase', `--include=${imagePackages.join(',')}`],
      ...excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`),
      '--aptopt=Apt::Install-Recommends "0"',
      ...[suite, partial, ...sources],
    ],
    { environment: { DEBIAN_FRONTEND: 'noninteractive', TMPDIR: cache, SOURCE_DATE_EPOCH: '0' }, onLine: tell },
  );
  await rename(partial, tar);
  return tar;
}

/** The system tree: Debian's, our files over it, the release and what it needs inside. Answers kernel and initramfs. */
export async function furnish(
  { work, epoch }: Workplace,
  parts: { readonly system: string; readonly release: string; readonly base: string; readonly registry: string },
  tell: Tell,
): Promise<{ tree: string; kernel: string; initramfs: string }> {
  const tree = join(work, 'tree');
  await mkdir(tree, { recursive: true, mode: 0o755 });
  tell('unpacking Debian');
  await run('tar', ['--extract', '--file', parts.system, '--directory', tree, '--numeric-owner', '--exclude=./dev/*']);
  await cp(join(here, 'files'), tree, { recursive: true });
  await cp(join(here, 'units'), join(tree, 'etc/systemd/system'), { recursive: true });
  tell('adding Hearth');
  await mkdir(join(tree, 'usr/lib/hearth'), { recursive: true });
  for (const [from, to] of [
    [parts.release, 'usr/lib/hearth/release'],
    [parts.registry, 'usr/lib/hearth/registry'],
  ] as const) {
    await run('cp', ['--archive', '--no-target-directory', from, join(tree, to)]);
  }
  // The catalog is carried built: its recipes would be listed beside it, and building them needs a network.
  await rm(join(tree, 'usr/lib/hearth/release/catalog'), { recursive: true });
  // Linux 6.1 maps the ids of an EROFS, not those of the squashfs it lies in, which compresses it.
  const base = join(tree, 'usr/lib/hearth/base.erofs');
  await run('mkfs.erofs', ['-T', String(epoch), '-U', baseId, base, parts.base]);
  await settle(tree, epoch);
  tell('making the initramfs');
  await run('chroot', [tree, 'update-initramfs', '-u', '-k', 'all'], {
    environment: { SOURCE_DATE_EPOCH: String(epoch) },
  });
  const boot = await readdir(join(tree, 'boot'));
  const find = (prefix: string) => {
    const name = boot
      .filter((entry) => entry.startsWith(prefix))
      .sort()
      .at(-1);
    if (name === undefined) throw new Error(`The system tree has no ${prefix}* in /boot`);
    return join(tree, 'boot', name);
  };
  return { tree, kernel: find('vmlinuz-'), initramfs: find('initrd.img-') };
}

/** What a read-only system needs that Debian's packages do not leave. */
async function settle(tree: string, epoch: number): Promise<void> {
  const environment = { SOURCE_DATE_EPOCH: String(epoch) };
  const chroot = (...command: string[]) => run('chroot', [tree, ...command], { environment });
  await chroot(
    'useradd',
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    '--uid',
    '970',
    'hearth',
  );
  await writeFile(join(tree, 'etc/subuid'), `root:1048576:${254 * 65536}\nhearth:20000000:65536\n`);
  await writeFile(join(tree, 'etc/subgid'), `root:1048576:${254 * 65536}\nhearth:20000000:65536\n`);
  await writeFile(join(tree, 'etc/hostname'), 'hearth\n');
  await writeFile(join(tree, 'etc/hosts'), '127.0.0.1 localhost hearth\n::1 localhost\n');
  await writeFile(join(tree, 'etc/machine-id'), '');
  await rm(join(tree, 'var/lib/dbus/machine-id'), { force: true });
  await rm(join(tree, 'etc/resolv.conf'), { force: true });
  await symlink('/run/systemd/resolve/stub-resolv.conf', join(tree, 'etc/resolv.conf'));
  await chroot('passwd', '--lock', 'root');
  await chroot(
    'systemctl',
    'enable',
    'systemd-networkd',
    'systemd-resolved',
    'systemd-timesyncd',
    'hearth-prepare',
    'hearth-engine',
    'hearth-kernel',
    'hearth-services',
    'hearth-console',
  );
  await chroot(
    'systemctl',
    'disable',
    'ssh',
    'nginx',
    'lxc',
    'lxc-net',
    'systemd-networkd-wait-online',
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
  );
  // Nobody can log in at the console, which shows the address instead.
  await chroot(
    ...['systemctl', 'mask', 'lxc-net', 'lxc', 'lxc-monitord', 'nginx', 'ssh', 'ssh.socket', 'e2scrub_reap'],
    ...['getty@tty1', 'serial-getty@ttyS0', 'autovt@'],
  );
  // Of programs that are not here; compiling them delays the first boot.
  for (const name of ['lsb_release', 'nvidia_modprobe']) await rm(join(tree, 'etc/apparmor.d', name), { force: true });
  // Each box makes keys of its own when its owner turns ssh on.
  for (const name of await readdir(join(tree, 'etc/ssh')))
    if (name.startsWith('ssh_host_')) await rm(join(tree, 'etc/ssh', name));
  // /var is the state partition: what belongs to it from the start is kept where tmpfiles.d copies it from.
  await mkdir(join(tree, 'usr/share/hearth/var/lib'), { recursive: true });
  for (const name of ['dpkg', 'lxc']) {
    await mkdir(join(tree, 'var/lib', name), { recursive: true });
    await run('cp', ['--archive', join(tree, 'var/lib', name), join(tree, 'usr/share/hearth/var/lib')]);
  }
  for (const path of ['var/cache', 'var/lib/apt/lists', 'var/log', 'usr/share/hearth/var/lib/dpkg/info']) {
    await rm(join(tree, path), { recursive: true, force: true });
    await mkdir(join(tree, path), { recursive: true });
  }
}

/** The system as one read-only file: same tree and epoch, same bytes. */
export async function squash({ work, epoch }: Workplace, tree: string): Promise<string> {
  const file = join(work, 'system.squashfs');
  await run('mksquashfs', [
    tree,
    file,
    '-noappend',
    '-quiet',
    '-no-progress',
    '-comp',
    'zstd',
    '-Xcompression-level',
    '6',
    '-all-time',
    String(epoch),
    '-mkfs-time',
    String(epoch),
    '-wildcards',
    '-e',
    'boot/*',
  ]);
  return file;
}

/** The boot partition: systemd-boot with one entry; kernel and initramfs of each slot in a folder of its own. */
export async function bootPartition(
  { work, epoch }: Workplace,
  kernel: string,
  initramfs: string,
  options: string,
): Promise<string> {
  const file = join(work, 'esp.fat');
  const staging = join(work, 'esp');
  await mkdir(join(staging, 'EFI/BOOT'), { recursive: true });
  await mkdir(join(staging, 'loader/entries'), { recursive: true });
  await mkdir(join(staging, 'hearth-a'), { recursive: true });
  await cp('/usr/lib/systemd/boot/efi/systemd-bootx64.efi', join(staging, 'EFI/BOOT/BOOTX64.EFI'));
  await cp(kernel, join(staging, 'hearth-a/vmlinuz'));
  await cp(initramfs, join(staging, 'hearth-a/initrd'));
  await writeFile(join(staging, 'loader/loader.conf'), 'timeout 0\ndefault hearth-*\neditor no\n');
  await writeFile(
    join(staging, 'loader/entries/hearth-a.conf'),
    `title Hearth\nlinux /hearth-a/vmlinuz\ninitrd /hearth-a/initrd\noptions ${options}\n`,
  );
  await run('find', [staging, '-exec', 'touch', '--no-dereference', '--date', `@${epoch}`, '{}', '+']);
  await rm(file, { force: true });
  await truncateTo(file, partitions.esp.mebibytes * 1024 * 1024);
  await run('mkfs.vfat', ['-F', '32', '-i', '48454152', '-n', 'HEARTH', '--invariant', file]);
  const environment = { SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC' };
  for (const entry of (await readdir(staging)).sort())
    await run('mcopy', ['-i', file, '-s', '-m', '-Q', join(staging, entry), '::'], { environment });
  return file;
}

/** The whole disk, sparse. */
export async function assemble({ work }: Workplace, esp: string, system: string): Promise<string> {
  const disk = join(work, 'disk.raw');
  await rm(disk, { force: true });
  await truncateTo(disk, layout.sectors * sectorSize);
  await run('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', disk], { input: layout.script });
  for (const [file, start] of [
    [esp, layout.starts.esp],
    [system, layout.starts.a],
  ] as const) {
    await run('dd', [
      `if=${file}`,
      `of=${disk}`,
      'bs=1M',
      `seek=${(start * sectorSize) / 1024 / 1024}`,
      'conv=notrunc,sparse',
      'status=none',
    ]);
  }
  return disk;
}

async function truncateTo(file: string, bytes: number): Promise<void> {
  await (await open(file, 'a')).close();
  await truncate(file, bytes);
}

export async function size(file: string): Promise<number> {
  return (await stat(file)).size;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
