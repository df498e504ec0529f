/** dnsmasq on the bridge's address: names of services, and the machine's own resolvers for the rest. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { EngineInput } from '@hearth/contract';
import { errors } from '../errors.ts';
import type { Machine } from '../host/machine.ts';
import { bridgeAddress } from '../layout.ts';
import { type Daemon, adoptDaemon, startDaemon } from '../system/daemon.ts';
import { attempt, lastWords } from '../system/run.ts';

const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

export function applyNames(machine: Machine, { records }: EngineInput<'names.apply'>): Promise<void> {
  return machine.queues.run('names', async () => {
    await mkdir(machine.layout.names, { recursive: true, mode: 0o711 });
    const changed = await replaceFile(join(machine.layout.names, 'configuration'), configuration(machine));
    await replaceFile(join(machine.layout.names, 'records'), recordLines(records));
    const daemon = nameServer(machine);
    const running = adoptDaemon(daemon);
    if (running && !changed) {
      // It reads its records, and the machine's resolvers, again.
      running.signal('SIGHUP');
      return;
    }
    await running?.end();
    const test = await attempt('dnsmasq', ['--test', `--conf-file=${join(machine.layout.names, 'configuration')}`]);
    if (test.code !== 0) throw errors.namesFailed({ words: lastWords(test) });
    await startDaemon(daemon).catch((cause: unknown) => {
      throw errors.namesFailed({ words: cause instanceof Error ? cause.message : String(cause) }, cause);
    });
  });
}

export function nameServer({ config, layout }: Machine): Daemon {
  return {
    name: 'dnsmasq',
    user: config.user,
    capabilities: ['net_bind_service'],
    command: ['dnsmasq', '--keep-in-foreground', `--conf-file=${join(layout.names, 'configuration')}`],
    recordFile: join(config.run, 'dnsmasq.json'),
    logFile: join(config.run, 'dnsmasq.log'),
  };
}

function configuration({ config, layout }: Machine): string {
  return `${[
    'port=53',
    `listen-address=${bridgeAddress(config)}`,
    // Its own address alone: the machine may run a name server of its own.
    'bind-interfaces',
    `except-interface=lo`,
    'no-hosts',
    `addn-hosts=${join(layout.names, 'records')}`,
    'local-ttl=5',
    'cache-size=1000',
    'domain-needed',
    'bogus-priv',
    // Never asked of the world.
    'local=/startos/',
    'local=/embassy/',
    'pid-file=',
    'user=',
  ].join('\n')}\n`;
}

function recordLines(records: EngineInput<'names.apply'>['records']): string {
  const lines = records.map(({ name, address }) => {
    if (!hostName.test(name) || isIP(address) === 0) throw errors.badInput({ verb: 'names.apply', issues: 'a record' });
    return `${address} ${name}`;
  });
  return lines.map((line) => `${line}\n`).join('');
}

/** Answers whether the content is new. */
async function replaceFile(path: string, content: string): Promise<boolean> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === content) return false;
  await writeFile(`${path}.partial`, content, { mode: 0o644 });
  await rename(`${path}.partial`, path);
  return true;
}
