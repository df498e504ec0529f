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

/** Names and numbers in turn. */
function numbered(text: string): Record<string, number> {
  const words = text.split(' ');
  return Object.fromEntries(words.flatMap((word, at) => (at % 2 === 0 ? [[word, Number(words[at + 1])]] : [])));
}

const signals = numbered(
  'SIGHUP 1 SIGINT 2 SIGQUIT 3 SIGILL 4 SIGTRAP 5 SIGABRT 6 SIGBUS 7 SIGFPE 8 SIGKILL 9 SIGUSR1 10 SIGSEGV 11 SIGUSR2 12 SIGPIPE 13 SIGALRM 14 SIGTERM 15 SIGSTKFLT 16 SIGCHLD 17 SIGCONT 18 SIGSTOP 19 SIGTSTP 20 SIGTTIN 21 SIGTTOU 22 SIGURG 23 SIGXCPU 24 SIGXFSZ 25 SIGVTALRM 26 SIGPROF 27 SIGWINCH 28 SIGIO 29 SIGPWR 30 SIGSYS 31',
);
const errors = numbered(
  'E2BIG 7 EACCES 13 EADDRINUSE 98 EADDRNOTAVAIL 99 EAFNOSUPPORT 97 EAGAIN 11 EALREADY 114 EBADF 9 EBADMSG 74 EBUSY 16 ECANCELED 125 ECHILD 10 ECONNABORTED 103 ECONNREFUSED 111 ECONNRESET 104 EDEADLK 35 EDESTADDRREQ 89 EDOM 33 EDQUOT 122 EEXIST 17 EFAULT 14 EFBIG 27 EHOSTUNREACH 113 EIDRM 43 EILSEQ 84 EINPROGRESS 115 EINTR 4 EINVAL 22 EIO 5 EISCONN 106 EISDIR 21 ELOOP 40 EMFILE 24 EMLINK 31 EMSGSIZE 90 EMULTIHOP 72 ENAMETOOLONG 36 ENETDOWN 100 ENETRESET 102 ENETUNREACH 101 ENFILE 23 ENOBUFS 105 ENODATA 61 ENODEV 19 ENOENT 2 ENOEXEC 8 ENOLCK 37 ENOLINK 67 ENOMEM 12 ENOMSG 42 ENOPROTOOPT 92 ENOSPC 28 ENOSR 63 ENOSTR 60 ENOSYS 38 ENOTCONN 107 ENOTDIR 20 ENOTEMPTY 39 ENOTSOCK 88 ENOTSUP 95 ENOTTY 25 ENXIO 6 EOPNOTSUPP 95 EOVERFLOW 75 EPERM 1 EPIPE 32 EPROTO 71 EPROTONOSUPPORT 93 EPROTOTYPE 91 ERANGE 34 EROFS 30 ESPIPE 29 ESRCH 3 ESTALE 116 ETIME 62 ETIMEDOUT 110 ETXTBSY 26 EWOULDBLOCK 11 EXDEV 18',
);

export const os = {
  EOL: '\n',
  devNull: '/dev/null',
  getPriority: () => 0,
  setPriority: () => undefined,
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
    signals,
    errno: errors,
    priority: {
      PRIORITY_LOW: 19,
      PRIORITY_BELOW_NORMAL: 10,
      PRIORITY_NORMAL: 0,
      PRIORITY_ABOVE_NORMAL: -7,
      PRIORITY_HIGH: -14,
      PRIORITY_HIGHEST: -20,
    },
    dlopen: {},
    UV_UDP_REUSEADDR: 4,
  },
};
