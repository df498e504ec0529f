/** nginx on the configuration the kernel wrote, as the kernel's own user: what it is told can give it nothing more. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errors } from '../errors.ts';
import type { Machine } from '../host/machine.ts';
import { readBeneath } from '../system/beneath.ts';
import { type Daemon, adoptDaemon, lastLine, startDaemon } from '../system/daemon.ts';
import { argumentsOf, childrenOf, identify } from '../system/process.ts';
import { attempt, lastWords } from '../system/run.ts';

export function applyProxy(machine: Machine): Promise<{ pid: number }> {
  return machine.queues.run('proxy', async () => {
    const daemon = proxyDaemon(machine);
    await testConfiguration(machine, daemon);
    const running = adoptDaemon(daemon);
    if (running) {
      const before = new Set(childrenOf(running.pid));
      running.signal('SIGHUP');
      await newWorkers(running.pid, before);
      return { pid: running.pid };
    }
    try {
      const { pid } = await startDaemon(daemon);
      await listens(pid, machine, daemon);
      return { pid };
    } catch (cause) {
      throw errors.proxyFailed({ words: cause instanceof Error ? cause.message : String(cause) }, cause);
    }
  });
}

/** nginx tries a taken port for some seconds before it gives up; it writes its pid file once it has all of them. */
async function listens(pid: number, { layout }: Machine, daemon: Daemon): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 20) {
    if (writtenPid(layout.proxy) === String(pid)) return;
    if (adoptDaemon(daemon) === undefined) throw new Error(await lastLine(daemon));
    await delay(20);
  }
  throw new Error('it does not listen');
}

/** The folder is the kernel's: what stands there may be a link, a pipe, or without end. */
function writtenPid(folder: string): string {
  try {
    return readBeneath(folder, 'nginx.pid', 32).toString('latin1').trim();
  } catch {
    return '';
  }
}

/** nginx has taken a configuration when it has workers for it, and those of the former one take no more connections. */
async function newWorkers(pid: number, before: ReadonlySet<number>): Promise<void> {
  for (let waited = 0; waited < 5000; waited += 20) {
    const workers = childrenOf(pid);
    const fresh = workers.some((worker) => !before.has(worker));
    if (fresh && !workers.some((worker) => before.has(worker) && accepts(worker))) return;
    await delay(20);
  }
  throw errors.proxyFailed({ words: 'it does not read its configuration again' });
}

/** A worker that still serves its last requests says so in its title, and has closed its listening sockets. */
function accepts(worker: number): boolean {
  return identify(worker) !== undefined && !argumentsOf(worker).some((title) => title.includes('shutting down'));
}

export function proxyDaemon({ config, layout }: Machine): Daemon {
  return {
    name: 'nginx',
    user: config.user,
    capabilities: ['net_bind_service'],
    command: ['nginx', ...nginxArguments(layout.proxy), '-g', 'daemon off;'],
    recordFile: join(config.run, 'nginx.json'),
    logFile: join(config.run, 'nginx.log'),
  };
}

function nginxArguments(prefix: string): string[] {
  return ['-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', 'stderr'];
}

/** As the same user, so that the test sees what the server will see, and leaves no file of root's. */
async function testConfiguration({ config, layout }: Machine, daemon: Daemon): Promise<void> {
  const user = [`--reuid=${config.user.uid}`, `--regid=${config.user.gid}`, '--clear-groups', '--no-new-privs'];
  const bind = ['--bounding-set=-all,+net_bind_service', '--inh-caps=-all,+net_bind_service'];
  const ambient = ['--ambient-caps=-all,+net_bind_service'];
  const result = await attempt('setpriv', [...user, ...bind, ...ambient, ...daemon.command, '-t', '-q'], {
    cwd: layout.proxy,
  });
  if (result.code !== 0) throw errors.proxyRefused({ words: lastWords(result) });
}
