/**
 * What no program of any service may ask of the kernel, whatever capability it holds in its own user namespace.
 *
 * EPERM (1) where a program would treat ENOSYS as an invitation to try something older; ENOSYS (38) where programs
 * know how to do without (crun without session keyrings, databases without io_uring).
 */
const refused: Readonly<Record<string, 1 | 38>> = {
  kexec_load: 1,
  kexec_file_load: 1,
  init_module: 1,
  finit_module: 1,
  delete_module: 1,
  open_by_handle_at: 1,
  bpf: 1,
  perf_event_open: 1,
  userfaultfd: 1,
  acct: 1,
  swapon: 1,
  swapoff: 1,
  quotactl: 1,
  reboot: 1,
  settimeofday: 1,
  clock_settime: 1,
  add_key: 38,
  request_key: 38,
  keyctl: 38,
  io_uring_setup: 38,
  io_uring_enter: 38,
  io_uring_register: 38,
};

/**
 * Families of sockets there are: unix, IPv4, IPv6, netlink, packet. The others are the machine's own whatever the name
 * space (vsock reaches the hypervisor), or have a module of the kernel loaded for whoever asks.
 */
const families: readonly number[] = [1, 2, 10, 16, 17];
const EAFNOSUPPORT = 97;

function refusedFamilies(): string[] {
  const most = Math.max(...families);
  const between = Array.from({ length: most }, (_, family) => family).filter((family) => !families.includes(family));
  const refuse = (family: number, how: 'EQ' | 'GT'): string =>
    `socket errno ${EAFNOSUPPORT} [0,${family},SCMP_CMP_${how}]`;
  return [...between.map((family) => refuse(family, 'EQ')), refuse(most, 'GT')];
}

/** LXC's profile format, version 2. */
export function seccompProfile(): string {
  const rules = Object.entries(refused).map(([name, errno]) => `${name} errno ${errno}`);
  return `2\ndenylist\nreject_force_umount\n[all]\n${[...rules, ...refusedFamilies()].join('\n')}\n`;
}
