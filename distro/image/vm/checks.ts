/** What the image promises about the machine itself, looked at from inside. */
import assert from 'node:assert/strict';
import { partitions } from '../partitions.ts';
import type { Shell } from './shell.ts';

/** `extraBytes`: how much larger the disk is than the image. Answers what was measured. */
export async function checkProduct(shell: Shell, extraBytes: number): Promise<string> {
  const is = async (command: string, expected: string | RegExp): Promise<string> => {
    const printed = await shell.run(command);
    if (typeof expected === 'string') assert.equal(printed, expected, command);
    else assert.match(printed, expected, command);
    return printed;
  };
  await is('stat -fc %T /sys/fs/cgroup', 'cgroup2fs');
  await is('cat /sys/module/apparmor/parameters/enabled', 'Y');
  const kernel = await is('uname -r', /^6\.1\./);
  await is('findmnt -no FSTYPE,OPTIONS /', /^squashfs\s+ro/);
  await is('findmnt -no FSTYPE,OPTIONS /var', /^btrfs\s+rw,nosuid,nodev/);
  const size = Number(await shell.run('findmnt -bno SIZE /var'));
  assert.ok(size >= 4 * 1024 ** 3 + extraBytes * 0.9, `the state partition did not grow: ${size} bytes`);
  await checkPartitions(shell);
  await is('systemctl is-active hearth-kernel hearth-engine hearth-services', 'active\nactive\nactive');
  await is('systemctl show -P Type -P WatchdogUSec -P NotifyAccess hearth-kernel', /^notify\n[\s\S]*1min/);
  await is(
    'systemctl show -p KillMode -p Delegate -p Restart hearth-engine | sort',
    /^Delegate=yes\nKillMode=process\nRestart=always$/,
  );
  // What the engine mounts, the containers and the engine after it are to see.
  await is('readlink /proc/1/ns/mnt /proc/$(systemctl show -P MainPID hearth-engine)/ns/mnt | uniq | wc -l', '1');
  await is('stat -c %a /etc/machine-id', '444');
  await is('systemctl --failed --no-legend --plain', '');
  // Root has no password, nobody listens but nginx, dnsmasq and the announcer, and no image has keys of its own.
  await is('passwd --status root', /^root L /);
  await is('systemctl is-enabled ssh || true', 'masked');
  await is('ls /etc/ssh/ssh_host_* 2>/dev/null | wc -l', '0');
  await is("ss -Hltn | awk '{print $4}' | grep -vE '127\\.0\\.0\\.|:(443|80)$|10\\.0\\.3\\.1|:5355$' | wc -l", '0');
  // Journald's own words of what it keeps itself to.
  await is("journalctl -b -u systemd-journald -o cat -g '^System Journal'", /\bmax 200\.0M\b/);
  await is('ps -o user= -p "$(systemctl show -P MainPID hearth-kernel)"', 'hearth');
  const exposure = await shell.run(
    'systemd-analyze security --no-pager hearth-kernel | grep -o "Overall exposure.*: [0-9.]*"',
  );
  const level = Number(/([0-9.]+)$/.exec(exposure)?.[1]);
  assert.ok(level <= 4, exposure);
  const memory = await shell.run("free -m | awk '/^Mem/ {print $3}'");
  return `Linux ${kernel}, exposure ${level}, ${memory} MB of memory in use`;
}

/** As planned: a system that runs, room for another, and all the rest for the state. */
async function checkPartitions(shell: Shell): Promise<void> {
  const told = await shell.run('lsblk --json --bytes --output PARTLABEL,PARTTYPE,PARTUUID,SIZE,FSTYPE /dev/vda');
  // The first is the disk itself.
  const [, ...found] = (JSON.parse(told) as { blockdevices: { size: number }[] }).blockdevices;
  const fileSystems = { esp: 'vfat', a: 'squashfs', b: null, state: 'btrfs' };
  const planned = (['esp', 'a', 'b', 'state'] as const).map((name, place) => {
    const { mebibytes, type, id } = partitions[name];
    return {
      partlabel: `hearth-${name}`,
      parttype: type.toLowerCase(),
      partuuid: id.toLowerCase(),
      size: name === 'state' ? found[place]?.size : mebibytes * 1024 * 1024,
      fstype: fileSystems[name],
    };
  });
  assert.deepEqual(found, planned);
}
