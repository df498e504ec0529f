/** A package through its life on a real box: installed, healthy, its forms open, restarted, and taken away again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceRow } from '@hearth/contract';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { type Begun, followQuietly } from '../follow.ts';
import type { Rpc } from '../rpc.ts';
import { developerKey } from './developer-key.ts';
import { sideload } from './sideload.ts';

export interface Trial {
  readonly context: Context;
  readonly box: Rpc;
  readonly folder: string;
  readonly key: string | undefined;
  readonly cache: string | undefined;
  /** Of the box; that of this machine unless told. */
  readonly arch: string | undefined;
}

interface Step {
  readonly name: string;
  readonly problem: string | null;
  readonly milliseconds: number;
}

const pollMs = 300;
/** What a program may take to become healthy, on a machine that has much to do. */
const healthyWithinMs = 300_000;

export async function tryOnBox(trial: Trial, tell: (step: Step) => void): Promise<void> {
  const { context, box, folder } = trial;
  const { packPackage, readOrMakeKey, readRecipe } = await import('@hearth/sdk/pack');
  const { id } = await readRecipe(folder);
  // Somebody's data is not for trying things out.
  if ((await rowOf(box, id)) !== null) throw errors.alreadyThere({ service: id });
  let going = true;
  const step = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    if (!going) return;
    const began = performance.now();
    const problem = await work().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    going = problem === null;
    tell({ name, problem, milliseconds: performance.now() - began });
  };
  const work = await mkdtemp(join(tmpdir(), 'hearth-test-'));
  const file = join(work, 'package.s9pk');
  const done = (begun: Begun) => followQuietly(context, box, begun.job);
  try {
    await step('it is packed', async () =>
      packPackage({
        recipe: folder,
        output: file,
        key: await readOrMakeKey(developerKey(context, trial.key)),
        cache: trial.cache,
        architecture: trial.arch,
        signal: context.signal,
      }),
    );
    await step('the box installs it', async () => done(await sideload(context, box, file)));
    await step('it runs on the box', async () => {
      if ((await rowOf(box, id))?.status.desired !== 'running') await box.call('package.start', { id });
      await healthy(trial, id);
    });
    for (const action of Object.keys((await rowOf(box, id))?.actions ?? {}))
      await step(`the form of ${action} opens there`, () =>
        box.call('package.action.get-input', { packageId: id, actionId: action }),
      );
    await step('it runs again after a restart', async () => {
      const before = (await rowOf(box, id))?.status.startedAt;
      await box.call('package.restart', { id });
      await until(
        context,
        async () => (await rowOf(box, id))?.status.startedAt !== before,
        () => 'it did not go down',
      );
      await healthy(trial, id);
    });
  } finally {
    await rm(work, { recursive: true, force: true });
    going = true;
    if ((await rowOf(box, id)) !== null)
      await step('it is taken away again', async () =>
        done(await box.call<Begun>('package.uninstall', { id, soft: false, force: true })),
      );
  }
}

async function rowOf(box: Rpc, id: string): Promise<ServiceRow | null> {
  return (await box.call<ServiceRow[]>('package.list')).find((row) => row.id === id) ?? null;
}

/** It runs, and every health check it told of is green. */
async function healthy({ context, box }: Trial, id: string): Promise<void> {
  let last = 'nothing was told of it';
  const look = async (): Promise<boolean> => {
    const row = await rowOf(box, id);
    if (row?.status.actual !== 'running') {
      last = `it is ${row?.status.actual ?? 'gone'}`;
      return false;
    }
    const { value } = await box.call<{
      value: Record<string, { name: string; result: string; message: string | null }>;
    }>('db.dump', { pointer: `/serviceHealth/${id}` });
    const red = Object.values(value).find(({ result }) => result !== 'success' && result !== 'disabled');
    if (red !== undefined) last = `${red.name} is ${red.result}${red.message === null ? '' : `: ${red.message}`}`;
    return red === undefined;
  };
  await until(context, look, () => last);
}

async function until(context: Context, look: () => Promise<boolean>, last: () => string): Promise<void> {
  const end = Date.now() + healthyWithinMs;
  let words = '';
  while (!(await look().catch((error: unknown) => ((words = String(error)), false)))) {
    context.signal.throwIfAborted();
    if (Date.now() > end) throw new Error(words === '' ? last() : words);
    await pause(pollMs);
  }
}
