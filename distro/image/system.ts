/** The system tree: Debian's packages, our files over them, the release and what it needs inside. */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianSources, fetchOptions } from '@hearth/engine/base';
import { run } from '../daemon/src/run.ts';
import { excludedPaths, imagePackages } from './packages.ts';
import type { Tell, Workplace } from './workplace.ts';

const here = import.meta.dirname;
/** Of the file system with the containers' root tree; fixed, as everything else. */
const baseId = '48454152-5448-4000-8000-000000000010';

/**
 * Where the building machine gets its packages from, and what differs from one build of a tree to the next: regular
 * expressions of files.
 */
const madeHere = [
  'etc/apt/sources\\.list$',
  'etc/apt/apt\\.conf\\.d/99mmdebstrap$',
  // Whose it is depends on whether apt could fetch as a user of its own.
  'var/cache/apt/archives/',
  'var/cache/ldconfig/aux-cache$',
  'var/lib/apt/lists/',
  'var/log/(apt/|.*\\.log$)',
] as const;

/** A tar of the Debian system, kept by the hash of what decides it. */
export async function bootstrap({ cache, epoch }: Workplace, tell: Tell): Promise<string> {
  const sources = await debianSources();
  const suite = /^VERSION_CODENAME=(\w+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? 'bookworm';
  const hash = createHash('sha256')
    .update(JSON.stringify([5, epoch, sources, suite, imagePackages, excludedPaths]))
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
      ...(await fetchOptions()).map((option) => `--aptopt=${option}`),
      ...[suite, partial, ...sources],
    ],
    {
      environment: { DEBIAN_FRONTEND: 'noninteractive', TMPDIR: cache, SOURCE_DATE_EPOCH: String(epoch) },
      onLine: tell,
    },
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
  tell('adding Hearth');
  const ours = join(work, 'ours');
  for (const [from, to] of [
    [join(here, 'files'), ''],
    [join(here, 'units'), 'etc/systemd/system'],
    [parts.release, 'usr/lib/hearth/release'],
    [parts.registry, 'usr/lib/hearth/registry'],
  ] as const) {
    await mkdir(join(ours, to), { recursive: true });
    await run('cp', ['--recursive', '--no-target-directory', from, join(ours, to)]);
  }
  // Whatever the checkout and the one who builds make of modes.
  await run('chmod', ['--recursive', 'u=rwX,go=rX', ours]);
  await run('cp', ['--archive', '--no-target-directory', ours, tree]);
  await rm(ours, { recursive: true });
  // The catalog is carried built: its recipes would be listed beside it, and building them needs a network.
  await rm(join(tree, 'usr/lib/hearth/release/catalog'), { recursive: true });
  // Linux 6.1 maps the ids of an EROFS, not those of the squashfs it lies in, which compresses it.
  const base = join(tree, 'usr/lib/hearth/base.erofs');
  const left = madeHere.map((path) => `--exclude-regex=^${path}`);
  await run('mkfs.erofs', ['-T', String(epoch), '-U', baseId, ...left, base, parts.base]);
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
    ...['systemctl', 'mask', 'lxc-net', 'lxc', 'lxc-monitord', 'nginx', 'ssh', 'ssh.socket'],
    ...['e2scrub_reap', 'e2scrub_all.timer', 'dpkg-db-backup.timer'],
    ...['getty@tty1', 'serial-getty@ttyS0', 'autovt@'],
  );
  // Of programs that are not here, and of containers that are not ours (LXC makes each of ours a profile of its own);
  // compiling them delays the first boot.
  for (const name of ['lsb_release', 'lxc-containers', 'nvidia_modprobe'])
    await rm(join(tree, 'etc/apparmor.d', name), { force: true });
  // Each box makes keys of its own when its owner turns ssh on.
  for (const name of await readdir(join(tree, 'etc/ssh')))
    if (name.startsWith('ssh_host_')) await rm(join(tree, 'etc/ssh', name));
  // /var is the state partition: what belongs to it from the start is kept where tmpfiles.d copies it from.
  await mkdir(join(tree, 'usr/share/hearth/var/lib'), { recursive: true });
  for (const name of ['dpkg', 'lxc']) {
    await mkdir(join(tree, 'var/lib', name), { recursive: true });
    await run('cp', ['--archive', join(tree, 'var/lib', name), join(tree, 'usr/share/hearth/var/lib')]);
  }
  await rm(join(tree, 'usr/share/hearth/var/lib/dpkg/info'), { recursive: true, force: true });
  const found = `${tree.replaceAll(/[^\w/]/g, '[$&]')}/(${madeHere.join('|')}).*`;
  await run('find', [tree, '-type', 'f', '-regextype', 'posix-extended', '-regex', found, '-delete']);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
