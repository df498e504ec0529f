/** The LXC configuration of a service's container: pure. Every value is a checked name, a number or a path of ours. */
import type { EngineInput } from '@hearth/contract';
import { guestPaths } from '@hearth/contract';
import { limitFiles } from './cgroups.ts';

type Start = EngineInput<'container.start'>;

export interface ContainerPlan {
  readonly name: string;
  readonly input: Start;
  readonly instance: string;
  readonly idBase: number;
  readonly runtime: string;
  /** `<run>/views/<service>`: base, images, javascript, assets, volumes, logs, rpc, etc. */
  readonly view: string;
  readonly subcontainers: string;
  readonly hasAssets: boolean;
  /** Names beneath `/dev`, of nodes in the view. */
  readonly devices: readonly string[];
  readonly consoleLog: string;
  readonly seccomp: string;
  readonly cgroup: 'v1' | 'v2';
  readonly appArmor: boolean;
  /** Where a weight of input and output goes; null where the machine has none. */
  readonly ioWeightFile: string | null;
  /** The most open files the engine itself may allow. */
  readonly openFiles: number;
  /** Multiplies the limits of the script. */
  readonly deadlineScale: number;
  readonly bridge: string;
  readonly veth: string;
  readonly mac: string;
  readonly address: string;
  readonly gateway: string;
}

/** Capabilities no guest and no program has a use for in its own user namespace. */
const dropped = [
  'audit_control',
  'audit_read',
  'block_suspend',
  'mac_admin',
  'mac_override',
  'sys_boot',
  'sys_module',
  'sys_rawio',
  'sys_time',
  'syslog',
  'wake_alarm',
];

export function containerConfiguration(plan: ContainerPlan): string {
  const lines = [
    ...identity(plan),
    ...mounts(plan),
    ...network(plan),
    ...limits(plan),
    ...environment(plan),
    // One helper thread and a small nursery: a guest mostly waits, and there are as many as there are services.
    'lxc.init.cmd = /usr/bin/tini -g -- /opt/hearth/node --v8-pool-size=1 --max-semi-space-size=1 /opt/hearth/guest/guest.mjs',
    'lxc.signal.halt = SIGTERM',
  ];
  return `${lines.join('\n')}\n`;
}

function identity(plan: ContainerPlan): string[] {
  return [
    `lxc.uts.name = ${plan.input.service}`,
    // Read-only already, and in the machine's own name space: what is made so inside, its root may undo.
    `lxc.rootfs.path = dir:${plan.view}/base`,
    `lxc.idmap = u 0 ${plan.idBase} 65536`,
    `lxc.idmap = g 0 ${plan.idBase} 65536`,
    `lxc.cap.drop = ${dropped.join(' ')}`,
    `lxc.seccomp.profile = ${plan.seccomp}`,
    ...(plan.appArmor ? ['lxc.apparmor.profile = generated', 'lxc.apparmor.allow_nesting = 1'] : []),
    'lxc.autodev = 1',
    'lxc.tty.max = 0',
    'lxc.pty.max = 1024',
    // What the init says before the guest has its own log; bounded, and where no container can write.
    `lxc.console.logfile = ${plan.consoleLog}`,
    'lxc.console.size = 256kB',
    'lxc.console.rotate = 1',
  ];
}

function mounts(plan: ContainerPlan): string[] {
  const { view } = plan;
  const inside = (path: string) => path.slice(1);
  const entry = (source: string, target: string, options: string) =>
    `lxc.mount.entry = ${source} ${inside(target)} none ${options} 0 0`;
  const temporary = (target: string, options: string) =>
    `lxc.mount.entry = tmpfs ${inside(target)} tmpfs rw,nosuid,nodev,${options} 0 0`;
  return [
    'lxc.mount.auto = proc:mixed sys:mixed cgroup:rw:force',
    // Lets crun mount a fresh /proc in a nested pid namespace.
    'lxc.mount.entry = proc dev/.lxc/proc proc create=dir,optional 0 0',
    temporary('/run', 'mode=755,size=64m'),
    temporary('/tmp', 'mode=1777,size=256m'),
    temporary('/var/tmp', 'mode=1777,size=256m'),
    temporary('/root', 'mode=700,size=16m'),
    temporary('/mnt', 'mode=755,size=1m'),
    entry(`${view}/backup`, guestPaths.backup, 'bind'),
    entry(`${view}/volumes`, guestPaths.volumes, 'rbind'),
    entry(`${view}/images`, guestPaths.images, 'rbind,ro'),
    entry(`${view}/javascript`, guestPaths.javascript, 'bind,ro'),
    ...(plan.hasAssets ? [entry(`${view}/assets`, guestPaths.assets, 'bind,ro')] : []),
    entry(`${view}/rpc`, guestPaths.rpc, 'bind,ro'),
    // `rbind`: a plain bind of a folder with mounts in it is refused in a user namespace.
    entry(plan.subcontainers, guestPaths.subcontainers, 'rbind,rslave'),
    entry(plan.runtime, guestPaths.runtime, 'bind,ro'),
    entry(`${view}/logs`, guestPaths.logs, 'bind'),
    // In a folder of its own that the base system leaves empty.
    entry(`${view}/memory`, guestPaths.memory, 'bind,create=dir'),
    ...['resolv.conf', 'hosts', 'hostname'].map((name) => entry(`${view}/etc/${name}`, `/etc/${name}`, 'bind,ro')),
    ...plan.devices.map((name) => entry(`${view}/devices/${name}`, `/dev/${name}`, 'bind,create=file')),
  ];
}

function network(plan: ContainerPlan): string[] {
  return [
    'lxc.net.0.type = veth',
    `lxc.net.0.link = ${plan.bridge}`,
    'lxc.net.0.flags = up',
    'lxc.net.0.name = eth0',
    `lxc.net.0.veth.pair = ${plan.veth}`,
    `lxc.net.0.hwaddr = ${plan.mac}`,
    `lxc.net.0.ipv4.address = ${plan.address}/24`,
    `lxc.net.0.ipv4.gateway = ${plan.gateway}`,
  ];
}

function limits(plan: ContainerPlan): string[] {
  const group = plan.cgroup === 'v2' ? 'cgroup2' : 'cgroup';
  const files = Math.min(plan.openFiles, 524_288);
  return [
    ...limitFiles(plan.input.limits, plan.cgroup, plan.ioWeightFile)
      .filter(({ value }) => value !== null)
      .map(({ file, value }) => `lxc.${group}.${file} = ${String(value)}`),
    `lxc.prlimit.nofile = ${Math.min(files, 1024)}:${files}`,
    'lxc.prlimit.core = 0',
  ];
}

function environment(plan: ContainerPlan): string[] {
  const { input, instance } = plan;
  return [
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'HOME=/root',
    `LANG=${input.language}`,
    `HEARTH_INSTANCE=${instance}`,
    `HEARTH_SERVICE=${input.service}`,
    `HEARTH_DEADLINE_SCALE=${plan.deadlineScale}`,
    ...(input.limits.memory === null ? [] : [`HEARTH_MEMORY_LIMIT=${input.limits.memory}`]),
    // What compiling the engine took goes back to the machine, 8 MB of each guest: V8's compiler takes memory by 32 KiB,
    // and each is a mapping of its own. In a heap of many something small above keeps it all.
    'MALLOC_MMAP_THRESHOLD_=32768',
    'MALLOC_ARENA_MAX=2',
    'MALLOC_TRIM_THRESHOLD_=65536',
    'MALLOC_TOP_PAD_=4096',
  ].map((pair) => `lxc.environment = ${pair}`);
}
