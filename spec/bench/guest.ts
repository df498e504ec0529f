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
  const names = (kind: string): string[] => Array.from({ length: number }, (_, at) => `${kind}-${at}`);
  const [smallIds, publishedIds] = [names('small'), names('published')];
  for (const id of smallIds) await examples.sideload(await packages.small(id));
  for (const one of await packages.published(publishedIds)) await examples.sideload(one);

  for (const id of ['small-0', 'published-0']) {
    await stop(id);
    report(
      `${id}: start with a memory image`,
      await times(
        rounds,
        () => start(id),
        () => stop(id),
      ),
    );
    report(
      `${id}: start without one`,
      await times(
        3,
        () => start(id),
        async () => {
          await stop(id);
          removeImage(id);
        },
      ),
    );
    await start(id);
    report(
      `${id}: restart of main`,
      await times(
        rounds,
        () => restart(id),
        async () => undefined,
      ),
    );
    await stop(id);
  }

  await start('small-0');
  const { result } = await box.call('package.action.run', { packageId: 'small-0', actionId: 'count' });
  const { calls, effects } = JSON.parse(result.value) as { calls: number; effects: number };
  print(
    `host calls, answered in the worker: ${Math.round(calls)}/s; effects, one after another: ${Math.round(effects)}/s`,
  );
  await stop('small-0');

  for (const ids of [smallIds, publishedIds]) {
    for (const id of ids) await start(id);
    await sleep(5000);
    const each = ids.map((id) => memoryOf(id));
    report(`${ids[0]} and ${ids.length - 1} beside it: PSS of a guest in MB`, each);
    const before = ids.map((id) => processorMs(id));
    await sleep(idleMs);
    const shares = ids.map((id, at) => ((processorMs(id) - (before[at] ?? 0)) / idleMs) * 100);
    report(`${ids[0]} and ${ids.length - 1} beside it: % of a core while idle`, shares, 3);
    for (const id of ids) await stop(id);
    print(`${ids[0]}: guests left once stopped: ${ids.flatMap((id) => guestsOf(id)).length}`);
  }
} finally {
  await examples.close();
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
  const published = id.startsWith('published');
  const greeting = `Hello ${Date.now()}`;
  const what = published ? { actionId: 'set-greeting', input: { greeting } } : { actionId: 'again' };
  if (published) await box.call('package.action.get-input', { packageId: id, actionId: 'set-greeting' });
  const from = Date.now();
  await box.call('package.action.run', { packageId: id, ...what });
  for (;;) {
    const { status } = await examples.row(id);
    if (status.actual === 'running' && status.since > since) return status.since - from;
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

function guestsOf(id: string): number[] {
  return box.pids('guest/guest.mjs', id).filter((pid) => !readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('tini'));
}

function memoryOf(id: string): number {
  const kilobytes = guestsOf(id).map(
    (pid) => /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1],
  );
  return kilobytes.reduce((sum, each) => sum + Number(each), 0) / 1024;
}

/** Of every process in its container. */
function processorMs(id: string): number {
  const ticks = box.pids('', id).map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) * 10;
}

function report(what: string, numbers: readonly number[], digits = 1): void {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(digits);
  print(`${what}: p50 ${at(0.5)}, least ${at(0)}, most ${at(1)} (${sorted.length})`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
