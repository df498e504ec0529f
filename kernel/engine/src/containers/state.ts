/** What is known of a container that runs, kept on disk so that the next engine adopts it. */
import { readFileSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerState } from '@hearth/contract';
import { z } from 'zod';
import type { Machine } from '../host/machine.ts';
import { isAlive } from '../system/process.ts';

const recordShape = z.object({
  service: z.string(),
  index: z.number(),
  instance: z.string(),
  revision: z.string(),
  init: z.object({ pid: z.number(), startTime: z.string(), boot: z.string() }),
});
export type ContainerRecord = z.infer<typeof recordShape>;

export async function saveRecord({ layout }: Machine, record: ContainerRecord): Promise<void> {
  const path = join(layout.states, `${record.service}.json`);
  await writeFile(`${path}.partial`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${path}.partial`, path);
}

/** Undefined when there is none, or one that an older power cut left half written. */
export function loadRecord({ layout }: Machine, service: string): ContainerRecord | undefined {
  try {
    return recordShape.parse(JSON.parse(readFileSync(join(layout.states, `${service}.json`), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The record of a container whose very init still lives. */
export function runningRecord(machine: Machine, service: string): ContainerRecord | undefined {
  const record = loadRecord(machine, service);
  return record && isAlive(record.init) ? record : undefined;
}

export async function dropRecord({ layout }: Machine, service: string): Promise<void> {
  await rm(join(layout.states, `${service}.json`), { force: true });
}

export async function allRecords(machine: Machine): Promise<ContainerRecord[]> {
  const names = await readdir(machine.layout.states).catch(() => []);
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => loadRecord(machine, name.slice(0, -5)))
    .filter((record) => record !== undefined);
}

export function stateOf(record: ContainerRecord): ContainerState {
  const { service, index, instance, init } = record;
  const running = isAlive(init);
  return { service, index, instance, state: running ? 'running' : 'stopped', pid: running ? init.pid : null };
}
