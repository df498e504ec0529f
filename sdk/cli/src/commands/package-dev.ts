/** `hearth package dev`: each time a file of the package is saved, the box runs what it says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { JobRow } from '@hearth/contract';
import { HearthError } from '@hearth/contract';
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { followQuietly } from '../follow.ts';
import type { ContextOf } from '../program.ts';
import type { Rpc } from '../rpc.ts';
import { printable } from '../text.ts';
import { developerKey } from './developer-key.ts';
import { architectureOption, recipeArgument, show } from './package-pack.ts';
import { sideload } from './sideload.ts';

/** What is under way when the files are saved again gets this long to end: to take it back would take as long. */
const lastMomentsMs = 3000;

export function devCommand(contextOf: ContextOf): Command {
  return new Command('dev')
    .description('pack and install a package on the box, again whenever a file of it is saved; Ctrl-C ends it')
    .addArgument(recipeArgument())
    .option('-k, --key <file>', 'signing key; one of this user, made if it is not there')
    .option('--cache <folder>', 'where built images are kept')
    .addOption(architectureOption('of the box'))
    .option('--once', 'do it once and end')
    .action(async (recipe: string, flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      // A box that cannot be reached is told before an image is built for it.
      await box.call('package.list');
      const folder = resolve(recipe);
      const work = await mkdtemp(join(tmpdir(), 'hearth-dev-'));
      const key = developerKey(context, flags.key);
      const file = join(work, 'package.s9pk');
      const round = (saved: Promise<unknown>) =>
        bring({ context, box, folder, key, cache: flags.cache, arch: flags.arch, file, saved });
      try {
        if (flags.once === true) {
          await round(new Promise(() => undefined));
          return;
        }
        const { watchRecipe } = await import('@hearth/sdk/pack');
        const changes = watchRecipe(folder, context.signal);
        let next = changes.next();
        for (;;) {
          // A mistake is told; saving the file again is the next try.
          await round(next).catch((error: unknown) => {
            if (!context.signal.aborted) context.output.failure(HearthError.from(error));
          });
          if (context.signal.aborted) return;
          context.output.note('Waiting for changes; Ctrl-C ends it');
          const { done, value } = await next;
          if (done === true) return;
          context.output.note(`Changed: ${printable(value.slice(0, 5).join(', '))}`);
          next = changes.next();
        }
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    });
}

interface Round {
  readonly context: Context;
  readonly box: Rpc;
  readonly folder: string;
  readonly key: string;
  readonly cache: string | undefined;
  readonly arch: string | undefined;
  readonly file: string;
  /** Comes when a file is saved after this round began. */
  readonly saved: Promise<unknown>;
}

/** From the files as they are to the service that runs them. */
async function bring({ context, box, folder, key, cache, arch, file, saved }: Round): Promise<void> {
  const began = performance.now();
  const { packPackage, readOrMakeKey } = await import('@hearth/sdk/pack');
  const bar = context.output.bar();
  const packed = await packPackage({
    recipe: folder,
    output: file,
    key: await readOrMakeKey(key),
    cache,
    architecture: arch,
    signal: context.signal,
    onEvent: (event) => show(bar, event),
  }).finally(() => bar.end());
  const packedMs = Math.round(performance.now() - began);
  const { job } = await sideload(context, box, file, { start: true, quickTrial: true });
  const row = await followUnlessSaved(context, box, job, saved);
  if (row === null) return;
  const ms = Math.round(performance.now() - began);
  const { id, version } = packed;
  context.output.result(
    { id, version, packedMs, ms },
    `${id} ${version} is on the box, ${(ms / 1000).toFixed(1)} s after it was saved`,
  );
}

/** @returns null when the person left, or saved again before the box was done */
async function followUnlessSaved(
  context: Context,
  box: Rpc,
  job: string,
  saved: Promise<unknown>,
): Promise<JobRow | null> {
  const over = new AbortController();
  const newer = new AbortController();
  const watching = saved
    .then(() => pause(lastMomentsMs, undefined, { signal: over.signal }))
    .then(async () => {
      if (context.signal.aborted) return;
      newer.abort();
      await box.call('job.cancel', { job });
    })
    // It was over in time, or is past being called off.
    .catch(() => undefined);
  try {
    return await followQuietly(context, box, job);
  } catch (error) {
    if (!newer.signal.aborted) throw error;
    context.output.note('Called off: there is something newer');
    return null;
  } finally {
    over.abort();
    if (newer.signal.aborted) await watching;
  }
}
