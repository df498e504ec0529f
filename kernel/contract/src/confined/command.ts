/**
 * How the process of a confined plugin is started: by util-linux and Perl, which every Debian has, into name spaces of its
 * own and as a user that is nobody else on this machine. What is left to a plugin that broke out of V8 is in
 * spec/11-confined-plugins.md. The kernel starts it, and the engine for a kernel that may not.
 */

export interface Confinement {
  /** Folder of the release: `node` and `confined/`. */
  readonly runtime: string;
  /** Outside, of the process; inside it is 0. */
  readonly user: number;
  readonly group: number;
  readonly machine: 'x86_64' | 'aarch64';
  /** Further words for Node: tests take its own fence down, to see whether the others hold. */
  readonly further?: readonly string[];
}

/** Numbers the plugins that run: each has an id of its own. */
export const confinedSlots = 64;
/** Bytes that it may have written to, whatever for. */
const memory = 384 * 1024 * 1024;

/** Program and arguments. */
export function confinedCommand(confinement: Confinement): readonly [string, readonly string[]] {
  const { runtime, user, group, machine, further = [] } = confinement;
  const inside = (name: string): string => `file=${runtime}/confined/${name}:confined/${name}`;
  return [
    'setpriv',
    [
      // With whoever started it it ends, however that ends.
      ...['--pdeathsig', 'KILL', 'unshare'],
      ...['--user', `--map-users=${user},0,1`, `--map-groups=${group},0,1`, '--setuid', '0', '--setgid', '0'],
      ...['--mount', '--pid', '--net', '--ipc', '--uts', '--cgroup', '--fork', '--kill-child', '--'],
      ...[
        'perl',
        `${runtime}/confined/confine.pl`,
        `machine=${machine}`,
        `memory=${memory}`,
        `file=${runtime}/node:node`,
      ],
      ...[inside('main.mjs'), inside('inside.js'), inside('isolated-vm.node')],
      ...['--', '/node'],
      // No code is made while it runs: most ways out of V8 lead through its compilers.
      ...['--jitless', '--permission', '--allow-addons', '--allow-fs-read=/confined/', '--disable-warning=PERM0001'],
      ...further,
      '/confined/main.mjs',
    ],
  ];
}
