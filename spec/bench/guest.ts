/**
 * What a package's script costs on a whole server: `node spec/bench/guest.ts [--rounds 15] [--side-by-side 10]
 * [--idle-seconds 60]`, as root, from a source checkout. Figures and conditions stand in guest.md.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ExampleBox } from '../system/example-box.ts';
import { BenchPackages } from './guest-packages.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    'side-by-side': { type: 'string', default: '10' },
    'idle-seconds': { type: 'string', default: '60' },
  },
});
const rounds = Number(values.rounds);
const number = Number(values['side-by-side']);
const idleMs = Number(values['idle-seconds']) * 1000;

const examples = await ExampleBox.make();
const { box } = examples;
try {
  const packages = new BenchPackages(join(box.scratch, 'bench'));
  for (const kind of ['small', 'published']) {
    const ids = Array.from({ length: number }, (_, at) => `${kind}-${at}`);
    for (const one of await packages.make(kind, ids)) await examples.sideload(one);
    const [id = ''] = ids;
    await comingUp(id);
    if (kind === 'small') await asking(id);
    await sideBySide(ids);
    for (const id of ids) await examples.finished((await box.call('package.uninstall', { id })).job);
  }
} finally {
  await examples.close();
}

async function comingUp(id: string): Promise<void> {
  const nothing = async (): Promise<void> => undefined;
  report(
    `${id}: start with a memory image, ms`,
    await times(
      rounds,
      () => start(id),
      () => stop(id),
    ),
  );
  const anew = async (): Promise<void> => {
    await stop(id);
    removeImage(id);
  };
  report(`${id}: start without one, ms`, await times(3, () => start(id), anew));
  const warm = id.startsWith('published') ? () => healthyAgain(id) : nothing;
  report(`${id}: restart of main, ms`, await times(rounds, () => restart(id), warm));
  if (id.startsWith('published'))
    report(`${id}: until its program answers anew, ms`, await times(5, () => answered(id), warm));
}

/** What is measured next begins with a program that runs. */
async function healthyAgain(id: string): Promise<void> {
  await examples.healthy(id);
}

async function asking(id: string): Promise<void> {
  const { result } = await box.call('package.action.run', { packageId: id, actionId: 'count' });
  const { calls, effects } = JSON.parse(result.value) as { calls: number; effects: number };
  print(
    `host calls, answered in the worker: ${Math.round(calls)}/s; effects, one after another: ${Math.round(effects)}/s`,
  );
}

async function sideBySide(ids: readonly string[]): Promise<void> {
  for (const id of ids.slice(1)) await start(id);
  await sleep(5000);
  report(`${ids.length} like ${ids[0]} side by side: PSS of a guest, MB`, ids.map(memoryOf));
  const before = ids.map(processorMs);
  await sleep(idleMs);
  const shares = ids.map((id, at) => ((processorMs(id) - (before[at] ?? 0)) / idleMs) * 100);
  report(`${ids.length} like ${ids[0]} side by side: % of a core while idle`, shares, 3);
  for (const id of ids) await stop(id);
  print(`${ids.length} like ${ids[0]}: processes left once stopped: ${ids.flatMap(processesOf).length}`);
}

/** Milliseconds from the call to the moment the state says `running`, by the machine's one clock. */
async function start(id: string): Promise<number> {
  const from = Date.now();
  await box.call('package.start', { id });
  await examples.becomes(id, 'running');
  return (await examples.row(id)).status.since - from;
}

async function stop(id: string): Promise<void> {
  await box.call('package.stop', { id });
  await examples.becomes(id, 'stopped');
}

/** As a package asks for it: by its own word, or because a file it read with `const` has changed. */
async function restart(id: string): Promise<number> {
  const { since } = (await examples.row(id)).status;
  const from = await askForRestart(id, `Hello ${Date.now()}`);
  for (;;) {
    const { status } = await examples.row(id);
    if (status.actual === 'running' && status.since > since) return status.since - from;
    await sleep(5);
  }
}

/** When it was asked for. */
async function askForRestart(id: string, greeting: string): Promise<number> {
  const published = id.startsWith('published');
  const what = published ? { actionId: 'set-greeting', input: { greeting } } : { actionId: 'again' };
  if (published) await box.call('package.action.get-input', { packageId: id, actionId: 'set-greeting' });
  const from = Date.now();
  await box.call('package.action.run', { packageId: id, ...what });
  return from;
}

/** From the owner's change of the greeting to the first page that has it. */
async function answered(id: string): Promise<number> {
  const page = `http://${addressOf(id)}:8080/`;
  const greeting = `Hello ${Date.now()}`;
  const from = await askForRestart(id, greeting);
  for (;;) {
    const text = await fetch(page).then(
      (answer) => answer.text(),
      () => '',
    );
    if (text.includes(greeting)) return Date.now() - from;
    await sleep(5);
  }
}

async function times(count: number, run: () => Promise<number>, undo: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let at = 0; at < count; at++) {
    await undo();
    found.push(await run());
  }
  return found;
}

function removeImage(id: string): void {
  const folder = join(box.config.data, 'engine/images', id);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith('/image')) rmSync(join(folder, name));
}

function processesOf(id: string): number[] {
  const group = `${box.config.containerPrefix}${id}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/cgroup`).includes(group))
    .map(Number);
}

function addressOf(id: string): string {
  const configuration = join(box.config.lxcPath, `${box.config.containerPrefix}${id}`, 'config');
  return /ipv4\.address = ([\d.]+)/.exec(read(configuration))?.[1] ?? '';
}

function memoryOf(id: string): number {
  const guests = processesOf(id).filter((pid) => read(`/proc/${pid}/cmdline`).startsWith('/opt/hearth/node'));
  const kilobytes = guests.map((pid) => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1]));
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

/** Of every process in its container. */
function processorMs(id: string): number {
  const ticks = processesOf(id).map((pid) => {
    const fields = read(`/proc/${pid}/stat`)
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  });
  return ticks.reduce((sum, each) => sum + each, 0) * 10;
}

/** Nothing of a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function report(what: string, numbers: readonly number[], digits = 1): void {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(digits);
  print(`${what}: p50 ${at(0.5)}, least ${at(0)}, most ${at(1)} (${sorted.length})`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
