/**
 * The job `package.update`: another version takes over the data.
 *
 * Until the new version's init has resolved everything goes back by itself: code, row and container. Data the new
 * version has migrated stays as it left it: it is never thrown away.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobDefinition, Step } from '@hearth/contract';
import { titleOf } from '../context.ts';
import { fetchStep, importStep, keepStep, verifyStep } from './bring-in.ts';
import { settle } from './settle.ts';
import {
  foundIn,
  type InstallInput,
  type InstallScratch,
  keptFolder,
  type Previous,
  stagingOf,
  type Workshop,
} from './work.ts';

type UpdateStep = Step<InstallInput, InstallScratch>;

export function updateJob(workshop: Workshop): JobDefinition<InstallInput, InstallScratch> {
  return {
    kind: 'package.update',
    title: ({ title }) => `Update ${title}`,
    service: ({ id }) => id,
    afterCrash: 'undo',
    steps: [
      fetchStep(workshop),
      verifyStep(workshop),
      keepStep(workshop),
      importStep(workshop),
      takeStep(workshop),
      leaveStep(workshop),
      switchStep(workshop),
      migrateStep(workshop),
      finishStep(workshop),
    ],
    result: ({ found, previous }) => ({
      from: previous?.manifest.version ?? null,
      version: found?.manifest.version ?? null,
    }),
    settled: ({ input, error }) => settle(workshop, input.id, 'could not be updated', error),
  };
}

function previousIn(scratch: InstallScratch): Previous {
  if (scratch.previous === undefined) throw new Error('a step ran before the present version was looked at');
  return scratch.previous;
}

function takeStep({ context, actor }: Workshop): UpdateStep {
  return {
    name: 'take',
    title: 'Stopping the present version',
    run: async ({ job, input, scratch }) =>
      actor(input.id).take(job, 'update', `Updating to ${foundIn(scratch).manifest.version}`),
    async undo({ job, input, scratch }) {
      if (context.rows.read(input.id)?.job !== job) return;
      const version = scratch.previous?.manifest.version ?? '';
      await actor(input.id).release({ good: true, reason: `Back at version ${version}: the update did not succeed` });
    },
  };
}

function leaveStep({ context, actor }: Workshop): UpdateStep {
  return {
    name: 'leave',
    title: 'Leaving the present version',
    async run({ input, scratch, log, signal }) {
      const { container } = actor(input.id);
      const present = previousIn(scratch).manifest.version;
      const target = scratch.target ?? present;
      try {
        await container.load(null, signal);
        await container.exit(target);
      } catch (error) {
        signal.throwIfAborted();
        // Told to leave everything as it is, a version that cannot even start may be left anyway: the new one is the cure.
        if (target !== present) throw error;
        log.warn({ err: error, service: input.id }, 'The present version did not take its leave');
      }
      await container.takeDown(context.deadlines.containerStop);
    },
    undo: async ({ input }) => actor(input.id).container.takeDown(0),
  };
}

function switchStep({ context }: Workshop): UpdateStep {
  return {
    name: 'switch',
    title: 'Changing over',
    async run({ input, scratch }) {
      const { manifest, package: pack } = foundIn(scratch);
      for (const volume of manifest.volumes) await context.engine.call('volume.create', { service: input.id, volume });
      await context.rows.change(input.id, 'package.update', (row) => {
        row.manifest = structuredClone(manifest);
        row.package = { ...pack, installedAt: context.now() };
      });
    },
    async undo({ job, input, scratch }) {
      const { previous } = scratch;
      if (previous === undefined) return;
      await context.rows.changeIfThere(input.id, 'package.update', (row) => {
        if (row.job === job) Object.assign(row, structuredClone(previous));
      });
    },
  };
}

function migrateStep({ actor, context, initProgress }: Workshop): UpdateStep {
  return {
    name: 'migrate',
    title: 'Setting up the new version',
    async run(step) {
      const { input, signal } = step;
      const { container } = actor(input.id);
      await initProgress.during(input.id, step, () => container.load('update', signal));
    },
    async undo({ input }) {
      await actor(input.id).container.takeDown(0);
      await context.engine.call('container.remove', { service: input.id });
    },
  };
}

function finishStep({ context, actor, tasks }: Workshop): UpdateStep {
  return {
    name: 'finish',
    title: 'Finishing',
    noReturn: true,
    async run({ job, input, scratch }) {
      const { manifest } = foundIn(scratch);
      const service = input.id;
      const old = previousIn(scratch).package.rootSighash;
      await tasks.dropOrphans(service);
      await context.engine.call('image.remove', { service, revision: old });
      await rm(join(context.places.data, keptFolder(service, old)), { recursive: true, force: true });
      await rm(stagingOf(context, job), { recursive: true, force: true });
      if (context.rows.get(service).job === job)
        await actor(service).release({ good: true, reason: `${titleOf(manifest)} is updated to ${manifest.version}` });
      context.events.emit('service.installed', { service, version: manifest.version });
      context.events.emit('service.network', { service });
    },
  };
}
