/** OCI configuration of a subcontainer and of the processes in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { containerLayout } from '../files/paths.ts';
import { knowsInPlace } from './attributes.ts';
import { seccompProfile } from './seccomp.ts';
import type { TerminalSize } from './argv.ts';
import type { User } from './users.ts';

export interface ProcessPlan {
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: User;
  readonly terminal?: TerminalSize | null;
}

/** Docker's default set. */
const capabilities = [
  'CAP_AUDIT_WRITE',
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_MKNOD',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
];

/** Devices the engine gives a container whose package declares them; with each, what it needs to be of use. */
const devices: Record<string, readonly string[]> = {
  '/dev/fuse': ['CAP_SYS_ADMIN'],
  '/dev/net/tun': ['CAP_NET_ADMIN'],
  '/dev/kfd': [],
  '/dev/kvm': [],
};
const graphics = '/dev/dri';

/** Each by itself: a folder of theirs cannot be bound without what is mounted in it. */
function given(): string[] {
  const cards = existsSync(graphics) ? readdirSync(graphics).map((name) => `${graphics}/${name}`) : [];
  return [...Object.keys(devices), ...cards].filter((path) => existsSync(path));
}

const wantedFiles = 65_536;

/** As many open files as programs like, within what the container itself may have. */
function openFiles(): number {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return Math.min(wantedFiles, Number(hard ?? wantedFiles));
}

export function processOf({ args, env, cwd, user, terminal = null }: ProcessPlan): object {
  const set = [...capabilities, ...given().flatMap((path) => devices[path] ?? [])];
  const files = openFiles();
  return {
    terminal: terminal !== null,
    ...(terminal !== null && { consoleSize: { height: terminal.rows, width: terminal.columns } }),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.groups, umask: 0o022 },
    args,
    env,
    cwd,
    capabilities: { bounding: set, effective: set, permitted: set },
    rlimits: [{ type: 'RLIMIT_NOFILE', soft: files, hard: files }],
    noNewPrivileges: false,
  };
}

interface Mount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** Where the pause program is shown: in the container's own `/dev`, so that no image is touched. */
export const pausePath = '/dev/pause';

function mounts(pause: string): Mount[] {
  const bind = (source: string, destination: string, ...options: string[]): Mount => ({
    destination,
    type: 'bind',
    source,
    options: ['bind', ...options],
  });
  const safe = ['nosuid', 'noexec', 'nodev'];
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: safe },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=1m'] },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: [...safe, 'mode=1777', 'size=1g'] },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: safe },
    bind('/sys', '/sys', 'ro', ...safe),
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro', ...safe] },
    bind(pause, pausePath, 'ro'),
    ...given().map((path) => bind(path, path, 'rw')),
  ];
}

const masked = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/firmware',
];
const readonly = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

export function bundleOf(options: { root: string; guid: string; pause: string; process: ProcessPlan }): object {
  return {
    ociVersion: '1.0.2',
    process: processOf(options.process),
    root: { path: options.root, readonly: false },
    mounts: mounts(options.pause),
    linux: {
      namespaces: ['pid', 'ipc', 'mount', 'cgroup'].map((type) => ({ type })),
      cgroupsPath: `/hearth/${options.guid}`,
      resources: {},
      seccomp: seccompProfile(process.arch, existsSync('/dev/fuse'), knowsInPlace(containerLayout.volumes)),
      maskedPaths: masked,
      readonlyPaths: readonly,
    },
  };
}
