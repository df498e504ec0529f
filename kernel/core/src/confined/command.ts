/**
 * How the process of a confined plugin is started: by util-linux and Perl, which every Debian has, into namespaces of its
 * own and as a user that is nobody else on this machine. What a plugin that broke out of V8 would have is in
 * spec/11-confined-plugins.md.
 */
import { readFileSync } from 'node:fs';
import { arch, userInfo } from 'node:os';
import { join } from 'node:path';
import { errors } from './errors.ts';

export interface Confinement {
  /** Folder of the release: `node` and `confined/`. */
  readonly runtime: string;
  /** Numbers the plugins that run: each has an id of its own. */
  readonly slot: number;
  /** Bytes of memory that it may have written to. */
  readonly memory: number;
  /** Further words for Node: tests take its own fence down, to see whether the others hold. */
  readonly further?: readonly string[];
}

/** Slots: ids at the end of the kernel's own block, which image builds do not hold on to. */
export const slots = 64;

/** Program and arguments. Throws `plugins.cannotConfine` where there is no block of ids. */
export function confinedCommand({
  runtime,
  slot,
  memory,
  further = [],
}: Confinement): readonly [string, readonly string[]] {
  const [user, group] = [idOf('/etc/subuid', slot), idOf('/etc/subgid', slot)];
  const inside = (name: string): string => `file=${join(runtime, 'confined', name)}:confined/${name}`;
  return [
    'setpriv',
    [
      // With the kernel it ends, however the kernel ends.
      ...['--pdeathsig', 'KILL', 'unshare'],
      ...['--user', `--map-users=${user},0,1`, `--map-groups=${group},0,1`, '--setuid', '0', '--setgid', '0'],
      ...['--mount', '--pid', '--net', '--ipc', '--uts', '--cgroup', '--fork', '--kill-child', '--'],
      ...['perl', join(runtime, 'confined/confine.pl')],
      `machine=${arch() === 'arm64' ? 'aarch64' : 'x86_64'}`,
      `memory=${memory}`,
      `file=${join(runtime, 'node')}:node`,
      ...['main.mjs', 'inside.js', 'isolated-vm.node'].map(inside),
      ...['--', '/node'],
      // No code is made while it runs: most ways out of V8 lead through its compilers.
      ...['--jitless', '--permission', '--allow-addons', '--allow-fs-read=/confined/', '--disable-warning=PERM0001'],
      ...further,
      '/confined/main.mjs',
    ],
  ];
}

/** The n-th id from the end of the block of the user this runs as. */
function idOf(file: string, slot: number): number {
  const { username, uid } = userInfo();
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw errors.cannotConfine({ reason: `${file} cannot be read` }, error);
  }
  for (const line of text.split('\n')) {
    const [owner, first, count] = line.trim().split(':');
    if ((owner === username || owner === String(uid)) && Number(count) > slots)
      return Number(first) + Number(count) - 1 - slot;
  }
  throw errors.cannotConfine({ reason: `${file} gives no ids to ${username}` });
}
