/**
 * The job `package.update`: another version takes over the data.
 *
 * The data is put aside before anything touches it. Until the new version has set itself up and, if it is wanted running,
 * has shown that it works, everything goes back by itself: code, row, container, and the data byte for byte.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobDefinition, Step } from '@hearth/contract';
import { titleOf } from '../context.ts';
import { dropUndeclared } from '../given-addresses.ts';
import { asideStep } from './aside.ts';
import { fetchStep, importStep, keepStep, verifyStep } from './bring-in.ts';
import { healthBefore, proveStep } from './prove.ts';
import { settle } from './settle.ts';
import { tidy } from './tidy.ts';
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
      asideStep(workshop),
      leaveStep(workshop),
      switchStep(workshop),
      migrateStep(workshop),
      proveStep(workshop),
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
    async run({ job, input, scratch }) {
      scratch.before = healthBefore(context, input.id);
      await actor(input.id).take(job, 'update', `Updating to ${foundIn(scratch).manifest.version}`);
    },
    async undo({ job, input, scratch }) {
      if (context.rows.read(input.id)?.job !== job) return;
      const version = scratch.previous?.manifest.version ?? '';
      // Never started on data that another version has changed: what was put aside is still there.
      const lost = scratch.aside !== undefined && scratch.broughtBack !== true;
      const reason = lost
        ? `Its data could not be brought back after the update failed; it lies in snapshots/${input.id}/${job}`
        : `Back at version ${version}: the update did not succeed`;
      await actor(input.id).release({ good: !lost, reason });
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
    async run({ job, input, scratch, log }) {
      const { manifest } = foundIn(scratch);
      const service = input.id;
      const old = previousIn(scratch).package.rootSighash;
      await tasks.dropOrphans(service);
      await dropUndeclared(context, service);
      const row = context.rows.get(service);
      if (row.job === job) {
        const running = actor(service).container.phase === 'running' && row.status.startedAt !== null;
        const reason = `${titleOf(manifest)} is updated to ${manifest.version}`;
        await actor(service).release({ good: true, reason, running });
      }
      context.events.emit('service.installed', { service, version: manifest.version });
      context.events.emit('service.network', { service });
      await tidy(log, () => context.engine.call('volume.drop', { service, name: job }));
      await tidy(log, () => context.engine.call('image.remove', { service, revision: old }));
      const rest = [join(context.places.data, keptFolder(service, old)), stagingOf(context, job)];
      for (const path of rest) await tidy(log, () => rm(path, { recursive: true, force: true }));
    },
  };
}
