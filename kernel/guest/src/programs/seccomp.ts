/**
 * What programs may not ask of the kernel: a filter in the manner of Docker's, as the OCI runtime takes it.
 *
 * It allows by default and names what is refused: what reaches the kernel's own state, other processes' memory, or new
 * name spaces. Programs hold no capability for most of it; the filter keeps them from the code behind it.
 */
const refused = [
  'acct add_key bpf clock_adjtime clock_settime create_module delete_module fanotify_init finit_module',
  'fsconfig fsmount fsopen fspick get_kernel_syms get_mempolicy init_module io_uring_enter io_uring_register',
  'io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind migrate_pages mount',
  'mount_setattr move_mount move_pages name_to_handle_at nfsservctl open_by_handle_at open_tree perf_event_open',
  'pivot_root process_madvise process_vm_readv process_vm_writev query_module quotactl quotactl_fd reboot request_key',
  'set_mempolicy set_mempolicy_home_node setns settimeofday stime swapoff swapon sysfs syslog _sysctl umount umount2',
  'unshare uselib userfaultfd ustat vhangup vm86 vm86old',
].flatMap((line) => line.split(' '));

/** Flags of `clone` that make new name spaces. */
const nameSpaceFlags = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000];
/** `ioctl` that sets the flags of a file, as 64-bit programs and 32-bit ones ask it. */
const setFlags = [0x40086602, 0x40046602];
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** Sockets of other families than these (unix, IPv4, IPv6, netlink, packet) know no name space, or load a module. */
const families: readonly number[] = [1, 2, 10, 16, 17];
const mostFamily = Math.max(...families);
const refusedFamilies = [
  ...Array.from({ length: mostFamily }, (_, family) => ({ value: family, op: 'SCMP_CMP_EQ' })).filter(
    ({ value }) => !families.includes(value),
  ),
  { value: mostFamily, op: 'SCMP_CMP_GT' },
];

/** What a container with `/dev/fuse` may do besides. */
const mounting = new Set(['mount', 'umount', 'umount2']);

/** @param inPlace whether the volumes' file system knows the flag for writing in place; see `attributes.ts` */
export function seccompProfile(architecture: string, mayMount: boolean, inPlace: boolean): object {
  const own = architecture === 'arm64' ? ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'] : ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'];
  const names = mayMount ? refused.filter((name) => !mounting.has(name)) : refused;
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: own,
    syscalls: [
      { names, action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
      // Its flags lie in memory, where no filter sees them: the C library falls back to clone.
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
      ...nameSpaceFlags.map((flag) => ({
        names: ['clone'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: EPERM,
        args: [{ index: 0, value: flag, valueTwo: flag, op: 'SCMP_CMP_MASKED_EQ' }],
      })),
      ...(inPlace ? [] : setFlags).map((value) => ({
        names: ['ioctl'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: 0,
        args: [{ index: 1, value, op: 'SCMP_CMP_EQ' }],
      })),
      ...refusedFamilies.map(({ value, op }) => ({
        names: ['socket'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: EAFNOSUPPORT,
        args: [{ index: 0, value, op }],
      })),
    ],
  };
}
