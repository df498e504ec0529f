/** The step that puts the data aside before anything of an update touches it, and brings it back if the update fails. */
import { HearthError, type Step } from '@hearth/contract';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { dependantsOf } from '../needs/needs.ts';
import { reserveBytes } from './verify.ts';
import type { InstallInput, InstallScratch, Workshop } from './work.ts';

type UpdateStep = Step<InstallInput, InstallScratch>;

/** What it takes on the disk to put the data of a service aside. */
export async function asideCost(context: Context, service: string, signal?: AbortSignal) {
  const measured = await context.engine.call('volume.measure', { service }, signal === undefined ? {} : { signal });
  return { ...measured, needed: measured.shared ? 0 : measured.bytes };
}

/** @throws services.noSpaceAside, with both numbers */
export function refuseNoRoom(
  title: string,
  cost: { readonly bytes: number; readonly needed: number },
  free: number,
): void {
  const needed = cost.needed + reserveBytes;
  if (cost.needed > 0 && free < needed) throw errors.noSpaceAside({ title, needed, free, bytes: cost.bytes });
}

/** Nothing was put aside if the step was broken off before: then nothing has touched the data either. */
export async function restoreIfThere(context: Context, service: string, name: string): Promise<void> {
  try {
    await context.engine.call('volume.restore', { service, name });
  } catch (error) {
    if (HearthError.from(error).code !== 'engine.noSnapshot') throw error;
  }
}

export function asideStep({ context, actor }: Workshop): UpdateStep {
  return {
    name: 'aside',
    title: 'Putting data aside',
    async run(step) {
      const { job, input, scratch, signal } = step;
      const service = input.id;
      // At rest: not even its script is there to write.
      await actor(service).container.takeDown(context.deadlines.containerStop);
      const cost = await asideCost(context, service, signal);
      const { diskFree } = await context.engine.call('host.usage', {}, { signal });
      refuseNoRoom(input.title, cost, diskFree);
      step.say(cost.shared ? 'Putting data aside' : `Putting data aside: copying ${readable(cost.bytes)}`);
      await context.engine.call('volume.snapshot', { service, name: job }, { signal });
      scratch.aside = cost;
      step.progress(cost.bytes, cost.bytes);
    },
    async undo({ job, input, scratch, log }) {
      const service = input.id;
      if (scratch.aside !== undefined) {
        await context.engine.call('volume.restore', { service, name: job });
        scratch.broughtBack = true;
        // What others have mounted of it is the data that went.
        for (const { id, status } of dependantsOf(context.rows, service)) {
          if (status.actual !== 'running') continue;
          log.info({ service: id }, 'Starting again, for the data of what it needs was brought back');
          actor(id).restart();
        }
      }
      await context.engine.call('volume.drop', { service, name: job });
    },
  };
}

/** 1.2 GB, as people say it. */
function readable(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const count = bytes / 1000 ** power;
  return `${count.toFixed(power === 0 || count >= 100 ? 0 : 1)} ${units[power] ?? ''}`;
}
