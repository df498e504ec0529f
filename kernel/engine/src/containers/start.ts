/** `container.start`: writes the configuration, starts LXC, remembers what runs. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerState, EngineInput } from '@hearth/contract';
import { errors } from '../errors.ts';
import { cgroupVersion } from '../host/features.ts';
import type { Machine } from '../host/machine.ts';
import { bridgeAddress, containerName, idBase, macAddress, serviceAddress, vethName } from '../layout.ts';
import { ioWeightFile } from '../limits/kept.ts';
import { identify } from '../system/process.ts';
import { attempt, run } from '../system/run.ts';
import { type Undo, undoing } from '../system/undo.ts';
import { containerConfiguration } from './configuration.ts';
import { seccompProfile } from './seccomp.ts';
import { allRecords, loadRecord, runningRecord, saveRecord, stateOf } from './state.ts';
import { tearDown } from './stop.ts';
import { buildView, viewPath } from './view.ts';

type Start = EngineInput<'container.start'>;

export async function startContainer(machine: Machine, input: Start, signal: AbortSignal): Promise<ContainerState> {
  const running = runningRecord(machine, input.service);
  if (running) return stateOf(running);
  const base = idBase(machine.config, input.index);
  for (const other of await allRecords(machine)) {
    const taken = other.index === input.index && other.service !== input.service && stateOf(other).pid !== null;
    if (taken) throw errors.indexTaken({ index: input.index, holder: other.service });
  }
  await tearDown(machine, input.service);
  signal.throwIfAborted();
  return undoing((undo) => start(machine, input, base, undo));
}

async function start(machine: Machine, input: Start, base: number, undo: Undo): Promise<ContainerState> {
  const { config, layout } = machine;
  const { service, index } = input;
  undo.push(() => tearDown(machine, service));
  const { hasAssets, devices } = await buildView(machine, input, base);
  const name = containerName(config, service);
  const folder = join(config.lxcPath, name);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const seccomp = join(folder, 'seccomp');
  const instance = randomBytes(8).toString('hex');
  const text = containerConfiguration({
    name,
    input,
    instance,
    idBase: base,
    runtime: config.runtime,
    view: viewPath(machine, service),
    subcontainers: join(layout.subcontainers, service),
    hasAssets,
    devices,
    consoleLog: join(layout.consoles, `${service}.log`),
    seccomp,
    cgroup: cgroupVersion(),
    ioWeightFile: ioWeightFile(config.data, cgroupVersion()),
    appArmor: appArmorWorks(),
    openFiles: openFilesLimit(),
    deadlineScale: config.deadlineScale,
    bridge: config.bridge,
    veth: vethName(config, index),
    mac: macAddress(config, index),
    address: serviceAddress(config, index),
    gateway: bridgeAddress(config),
  });
  await writeFile(seccomp, seccompProfile(), { mode: 0o600 });
  await writeFile(join(folder, 'config'), text, { mode: 0o600 });
  await launch(machine, service, name);
  const init = identify(await initPid(machine, service, name));
  if (!init) throw errors.containerStartFailed({ service, words: await consoleTail(machine, service) });
  const record = { service, index, instance, revision: input.revision, init };
  await saveRecord(machine, record);
  return stateOf(record);
}

/**
 * Without `newuidmap` in its PATH LXC writes the id map itself, as root may; with it, every range would have to stand in
 * /etc/subuid as well.
 */
const withoutIdTools = { PATH: '/usr/sbin:/sbin' } as const;

async function launch({ config }: Machine, service: string, name: string): Promise<void> {
  const log = join(config.lxcPath, name, 'lxc.log');
  await rm(log, { force: true });
  const args = ['-P', config.lxcPath, '-n', name, '-d', '-l', 'WARN', '-o', log];
  const result = await attempt('/usr/bin/lxc-start', args, { environment: withoutIdTools, timeoutMs: 60_000 });
  if (result.code !== 0) throw errors.containerStartFailed({ service, words: await complaints(log) });
}

async function initPid({ config }: Machine, service: string, name: string): Promise<number> {
  const { stdout } = await run('lxc-info', ['-P', config.lxcPath, '-n', name, '-p', '-H']);
  const pid = Number(stdout.trim());
  if (!Number.isInteger(pid) || pid < 2)
    throw errors.containerStartFailed({ service, words: 'its init ended at once' });
  return pid;
}

/** LXC's own errors without its time stamps and source lines. */
async function complaints(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const lines = text
    .split('\n')
    .filter((line) => line.includes(' ERROR '))
    .map((line) => line.replace(/^.*?:\d+ - /, ''));
  return lines.slice(0, 2).join('; ').slice(0, 1000) || 'LXC did not say why';
}

async function consoleTail({ layout }: Machine, service: string): Promise<string> {
  const text = await readFile(join(layout.consoles, `${service}.log`), 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join('; ').slice(-1000) || 'its init ended at once';
}

/** AppArmor confines where the kernel has it on and the tool that loads LXC's profiles is there. */
function appArmorWorks(): boolean {
  try {
    const on = readFileSync('/sys/module/apparmor/parameters/enabled', 'latin1').trim() === 'Y';
    return on && existsSync('/usr/sbin/apparmor_parser');
  } catch {
    return false;
  }
}

function openFilesLimit(): number {
  const line = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
  return Number(line?.[1] ?? 1024);
}

/** The index a service runs or last ran with, for verbs that name the service alone. */
export function requireRunning(machine: Machine, service: string) {
  const record = runningRecord(machine, service);
  if (!record) throw errors.containerStopped({ service, known: loadRecord(machine, service) !== undefined });
  return record;
}
