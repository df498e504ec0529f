/** `os`: facts of the container. */
import { call } from './host.ts';

interface Facts {
  readonly cpus: unknown[];
  readonly totalmem: number;
  readonly freemem: number;
  readonly uptime: number;
  readonly loadavg: number[];
  readonly release: string;
  readonly version: string;
  readonly machine: string;
  readonly hostname: string;
  readonly networkInterfaces: Record<string, unknown>;
}

const fact =
  <K extends keyof Facts>(name: K) =>
  (): Facts[K] =>
    (call('os.facts', []) as Facts)[name];

export const os = {
  EOL: '\n',
  arch: () => call('os.arch', []) as string,
  platform: () => 'linux',
  type: () => 'Linux',
  endianness: () => 'LE',
  release: fact('release'),
  version: fact('version'),
  machine: fact('machine'),
  hostname: fact('hostname'),
  cpus: fact('cpus'),
  availableParallelism: () => fact('cpus')().length,
  totalmem: fact('totalmem'),
  freemem: fact('freemem'),
  uptime: fact('uptime'),
  loadavg: fact('loadavg'),
  networkInterfaces: fact('networkInterfaces'),
  homedir: () => '/root',
  tmpdir: () => '/tmp',
  userInfo: () => ({ uid: 0, gid: 0, username: 'root', homedir: '/root', shell: '/bin/sh' }),
  constants: {
    signals: {
      SIGHUP: 1,
      SIGINT: 2,
      SIGQUIT: 3,
      SIGABRT: 6,
      SIGKILL: 9,
      SIGUSR1: 10,
      SIGSEGV: 11,
      SIGUSR2: 12,
      SIGPIPE: 13,
      SIGALRM: 14,
      SIGTERM: 15,
    },
    errno: {},
  },
};
