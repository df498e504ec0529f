/** Refuses, in one sentence, a machine that cannot run services; before anything is changed. */
import { access, constants, readFile } from 'node:fs/promises';
import { Refusal } from './refusal.ts';
import { attempt } from './run.ts';

export async function checkMachine(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Refusal('Hearth sets up containers, a bridge and a firewall and needs root; run: sudo npm start');
  }
  if (!(await exists('/usr/bin/apt-get', constants.X_OK))) {
    throw new Refusal('Hearth installs what it needs with apt-get, which is not here; use Debian 12 or 13');
  }
}

/** After the Debian packages are in place: `ip`, `nft` and `modprobe` are there then. */
export async function checkKernel(): Promise<void> {
  await attempt('modprobe', ['-a', 'overlay', 'squashfs', 'bridge', 'veth', 'nf_tables', 'br_netfilter']).catch(
    () => undefined,
  );
  const fileSystems = await readFile('/proc/filesystems', 'utf8');
  for (const name of ['overlay', 'squashfs']) {
    if (!new RegExp(`\\b${name}$`, 'm').test(fileSystems)) throw lacking(`the ${name} file system`);
  }
  for (const [name, file] of [
    ['user namespaces', '/proc/self/ns/user'],
    ['cgroups', '/sys/fs/cgroup'],
  ] as const) {
    if (!(await exists(file))) throw lacking(name);
  }
  const limit = await readFile('/proc/sys/user/max_user_namespaces', 'utf8').catch(() => '1');
  if (limit.trim() === '0') {
    throw new Refusal(
      'User namespaces are switched off on this machine; run: sysctl -w user.max_user_namespaces=15000',
    );
  }
  const probe = `hp${process.pid % 100000}`;
  const made = await attempt('ip', ['link', 'add', probe, 'type', 'veth', 'peer', 'name', `${probe}p`]);
  if (made.code !== 0) throw lacking(`virtual Ethernet pairs (${made.stderr.trim()})`);
  await attempt('ip', ['link', 'delete', probe]);
  const tables = await attempt('nft', ['list', 'tables']);
  if (tables.code !== 0) throw lacking(`nftables (${tables.stderr.trim()})`);
}

function lacking(what: string): Refusal {
  return new Refusal(
    `This kernel lacks ${what}, which containers need; boot Debian's own kernel (apt-get install linux-image-amd64) and try again`,
  );
}

function exists(path: string, mode = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
