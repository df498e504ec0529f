/** The Debian packages Hearth stands on, and how they are put in place without starting anything of theirs. */
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { Refusal } from './refusal.ts';
import { attempt, run } from './run.ts';

/** What the product runs on. */
export const productPackages = [
  'ca-certificates',
  'crun',
  'dnsmasq-base',
  'iproute2',
  'libnginx-mod-stream',
  'lxc',
  'mmdebstrap',
  'nftables',
  'nginx-light',
  'perl-base',
  'restic',
  'squashfs-tools-ng',
  'tini',
  'uidmap',
  'util-linux',
] as const;

/** What only the tests need. */
export const testPackages = [
  'avahi-daemon',
  'b3sum',
  'btrfs-progs',
  'buildah',
  'chromium',
  'curl',
  'docker-registry',
  'e2fsprogs',
  'fish',
  'fonts-dejavu-core',
  'gcc',
  'libc6-dev',
  'openssl',
  'procps',
  'skopeo',
  'squashfs-tools',
  'strace',
  'tor',
  'xfsprogs',
  'zsh',
] as const;

export async function missingPackages(wanted: readonly string[]): Promise<string[]> {
  const { stdout } = await attempt('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...wanted]);
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return wanted.filter((name) => !installed.has(name));
}

/** Services that Debian would start with these packages, on ports and addresses that are not ours to take. */
const units: Record<string, readonly string[]> = {
  'nginx-light': ['nginx.service'],
  lxc: ['lxc-net.service', 'lxc.service'],
  'avahi-daemon': ['avahi-daemon.service', 'avahi-daemon.socket'],
  'docker-registry': ['docker-registry.service'],
  tor: ['tor.service'],
};

export async function installPackages(missing: readonly string[], tell: (detail: string) => void): Promise<void> {
  const apt = ['-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=120'];
  const environment = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' };
  await withoutStartingServices(async () => {
    tell('reading the package lists');
    const update = await attempt('apt-get', ['update', '-q'], { environment, onLine: tell });
    const install = await attempt('apt-get', ['install', '-q', ...apt, ...missing], { environment, onLine: tell });
    if (install.code !== 0) {
      const words = `${update.code === 0 ? '' : update.stderr}${install.stderr}`.trim().split('\n').slice(-3).join(' ');
      throw new Refusal(
        `apt-get could not install ${missing.join(', ')}: ${words || 'no reason given'}. ` +
          `Check the network and /etc/apt/sources.list, or install them by hand.`,
      );
    }
  });
  await disableUnits(missing.flatMap((name) => units[name] ?? []));
}

/** Debian asks policy-rc.d before a package starts its service; 101 is "no". Whatever stood there is put back. */
async function withoutStartingServices(work: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d';
  const before = await readFile(policy, 'utf8').catch(() => null);
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    if (before === null) await rm(policy, { force: true });
    else await writeFile(policy, before, { mode: 0o755 });
  }
}

/** Only for packages this program has just installed: what the owner already runs is left alone. */
async function disableUnits(names: readonly string[]): Promise<void> {
  const systemd = await access('/run/systemd/system').then(
    () => true,
    () => false,
  );
  if (systemd && names.length > 0) await run('systemctl', ['disable', '--now', ...names]).catch(() => '');
}
