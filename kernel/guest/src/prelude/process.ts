/** `process`, as much of it as packages touch. Also what polyfills get when they ask for it. */
import { EventEmitter } from 'events';
import { call, facts } from './host.ts';

let started = Date.now();

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
  readonly stdout = { isTTY: false, columns: 80, write: (text: unknown) => print(text) };
  readonly stderr = { isTTY: false, columns: 80, write: (text: unknown) => print(text) };
  readonly stdin = { isTTY: false };

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

  memoryUsage(): Record<string, number> {
    return { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
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

  chdir(): void {
    throw new Error('The script of a package has no working folder to change');
  }
}

function print(text: unknown): boolean {
  call('print', [String(text).replace(/\n$/, '')]);
  return true;
}

/** The world was restored: it runs since now. */
export function restart(): void {
  started = Date.now();
}

const made = new Process();

export default made;
export { made as process };
export const nextTick = made.nextTick;
