/** `process`, as much of it as packages touch. Also what polyfills get when they ask for it. */
import { EventEmitter } from 'events';
import { call, facts } from './host.ts';

let started = Date.now();

const withoutEnd = (text: string): string => text.replace(/\n$/, '');
/** Members of a stream that there is nothing behind. */
const still = {
  pause: () => undefined,
  resume: () => undefined,
  ref: () => undefined,
  unref: () => undefined,
  setEncoding: () => undefined,
  destroy: () => undefined,
};

/** An output that is the log: written at once, never full. */
function outlet(fd: number) {
  const write = (text: unknown, ...rest: unknown[]): boolean => {
    print(text);
    const done = rest.at(-1);
    if (typeof done === 'function') queueMicrotask(done as () => void);
    return true;
  };
  return Object.assign(new EventEmitter(), {
    fd,
    isTTY: false,
    columns: 80,
    rows: 24,
    writable: true,
    writableLength: 0,
    write,
    end: (text?: unknown) => text !== undefined && typeof text !== 'function' && write(text),
    cork: () => undefined,
    uncork: () => undefined,
    getColorDepth: () => 1,
    hasColors: () => false,
    getWindowSize: () => [80, 24],
    ...still,
  });
}

class Process extends EventEmitter {
  readonly title = 'hearth';
  readonly version = 'v24.0.0';
  readonly versions = { node: '24.0.0', quickjs: 'ng' };
  readonly platform = 'linux';
  readonly arch = call('os.arch', []) as string;
  readonly pid = 1;
  readonly ppid = 0;
  readonly argv = ['/usr/bin/node', '/usr/lib/startos/package/index.js'];
  readonly argv0 = 'node';
  readonly execArgv: string[] = [];
  readonly execPath = '/usr/bin/node';
  readonly browser = false;
  readonly release = { name: 'node' };
  readonly config = { variables: {} };
  readonly features = {};
  exitCode: number | undefined = undefined;
  env: Record<string, string | undefined> = {
    LANG: facts.language,
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    NODE_ENV: 'production',
  };
  readonly stdout = outlet(1);
  readonly stderr = outlet(2);
  readonly stdin = Object.assign(new EventEmitter(), { fd: 0, isTTY: false, readable: false, ...still });
  readonly report = undefined;
  readonly debugPort = 9229;
  readonly allowedNodeEnvironmentFlags = new Set<string>();

  readonly cwd = (): string => '/';

  /** Polyfills take it off and call it alone. */
  readonly nextTick = (task: (...args: unknown[]) => void, ...args: unknown[]): void => {
    queueMicrotask(() => task(...args));
  };

  uptime(): number {
    return (Date.now() - started) / 1000;
  }

  hrtime = Object.assign(
    (since?: readonly [number, number]): [number, number] => {
      const now = performance.now();
      const seconds = Math.floor(now / 1000) - (since?.[0] ?? 0);
      const nanoseconds = Math.floor((now % 1000) * 1e6) - (since?.[1] ?? 0);
      return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
    },
    { bigint: (): bigint => BigInt(Math.floor(performance.now() * 1e6)) },
  );

  readonly memoryUsage = Object.assign(() => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }), {
    rss: () => 0,
  });

  constrainedMemory(): number {
    return 0;
  }

  availableMemory(): number {
    return 0;
  }

  resourceUsage(): Record<string, number> {
    return { userCPUTime: 0, systemCPUTime: 0, maxRSS: 0, fsRead: 0, fsWrite: 0 };
  }

  threadCpuUsage(): Record<string, number> {
    return this.cpuUsage();
  }

  getActiveResourcesInfo(): string[] {
    return [];
  }

  getgroups(): number[] {
    return [0];
  }

  setUncaughtExceptionCaptureCallback(): void {
    // What nobody catches is told in the log, and the service goes on.
  }

  hasUncaughtExceptionCaptureCallback(): boolean {
    return false;
  }

  setSourceMapsEnabled(): void {
    // There are none.
  }

  /** Only what `spawn` gave out can be signalled. */
  kill(pid: number, signal?: string | number): true {
    return killer(pid, signal);
  }

  cpuUsage(): Record<string, number> {
    return { user: 0, system: 0 };
  }

  getuid(): number {
    return 0;
  }

  getgid(): number {
    return 0;
  }

  geteuid(): number {
    return 0;
  }

  getegid(): number {
    return 0;
  }

  umask(): number {
    return 0o022;
  }

  emitWarning(warning: unknown): void {
    print(`warning: ${warning instanceof Error ? warning.message : String(warning)}`);
  }

  exit(): never {
    throw new Error('The script of a package does not end by itself: it is stopped by its host');
  }

  abort(): never {
    return this.exit();
  }

  reallyExit(): never {
    return this.exit();
  }

  chdir(): void {
    throw new Error('The script of a package has no working folder to change');
  }
}

function print(text: unknown): boolean {
  call('print', [text instanceof Uint8Array ? new TextDecoder().decode(text) : String(text)].map(withoutEnd));
  return true;
}

/** Set by `child_process`, which knows the processes there are. */
let killer: (pid: number, signal?: string | number) => true = () => {
  throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH', errno: -3, syscall: 'kill' });
};

export function killBy(kill: typeof killer): void {
  killer = kill;
}

/** The world was restored: it runs since now. */
export function restart(): void {
  started = Date.now();
}

const made = new Process();

export default made;
export { made as process };
export const nextTick = made.nextTick;
