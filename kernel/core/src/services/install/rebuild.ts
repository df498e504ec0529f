/**
 * The job `package.rebuild`: the container once more, from the kept archive. The data is not touched, and what is rebuilt
 * is what was there: where it does not succeed, the service is given back as it was.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobDefinition, Step } from '@hearth/contract';
import { openFile } from '@hearth/s9pk/node';
import { importImages } from './bring-in.ts';
import { settle } from './settle.ts';
import { keptArchive, stagingOf, type Workshop } from './work.ts';

export interface RebuildInput {
  readonly service: string;
  readonly title: string;
}

type RebuildStep = Step<RebuildInput, object>;

export function rebuildJob(workshop: Workshop): JobDefinition<RebuildInput, object> {
  return {
    kind: 'package.rebuild',
    title: ({ title }) => `Rebuild ${title}`,
    service: ({ service }) => service,
    afterCrash: 'redo',
    steps: [takeStep(workshop), leaveStep(workshop), importStep(workshop), setUpStep(workshop), finishStep(workshop)],
    settled: ({ input, error }) => settle(workshop, input.service, 'could not be rebuilt', error),
  };
}

function takeStep({ context, actor }: Workshop): RebuildStep {
  return {
    name: 'take',
    title: 'Stopping',
    run: async ({ job, input }) => actor(input.service).take(job, 'update', 'Rebuilding its container'),
    async undo({ job, input }) {
      if (context.rows.read(input.service)?.job !== job) return;
      await actor(input.service).release({ good: true, reason: 'The rebuild did not succeed' });
    },
  };
}

function leaveStep({ context, actor }: Workshop): RebuildStep {
  return {
    name: 'leave',
    title: 'Removing the container',
    async run({ input: { service }, log, signal }) {
      const { container } = actor(service);
      try {
        if (container.loaded) await container.exit(context.rows.get(service).manifest.version);
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ err: error, service }, 'A script did not take its leave before the rebuild');
      }
      await container.takeDown(context.deadlines.containerStop);
      await context.engine.call('container.remove', { service });
    },
  };
}

function importStep(workshop: Workshop): RebuildStep {
  const { context } = workshop;
  return {
    name: 'import',
    title: 'Unpacking',
    async run(step) {
      const { service } = step.input;
      const row = context.rows.get(service);
      const revision = row.package.rootSighash;
      const archive = await openFile(join(context.places.data, keptArchive(service, revision)));
      try {
        // Whatever happened to the disk: nothing is unpacked that is not what was signed.
        await archive.verifyAll({ signal: step.signal });
      } finally {
        await archive.close();
      }
      const assets = archive.root.entries?.get('assets.squashfs')?.type === 'file';
      const images = Object.keys(row.manifest.images);
      await importImages(workshop, { service, index: row.index, revision, images, assets }, step);
      await rm(stagingOf(context, step.job), { recursive: true, force: true });
    },
    undo: async ({ job }) => rm(stagingOf(context, job), { recursive: true, force: true }),
  };
}

function setUpStep({ actor, initProgress }: Workshop): RebuildStep {
  return {
    name: 'setUp',
    title: 'Setting up',
    async run(step) {
      const { input, signal } = step;
      const { container } = actor(input.service);
      await initProgress.during(input.service, step, () => container.load(null, signal));
    },
    undo: async ({ input }) => actor(input.service).container.takeDown(0),
  };
}

function finishStep({ context, actor }: Workshop): RebuildStep {
  return {
    name: 'finish',
    title: 'Finishing',
    noReturn: true,
    async run({ job, input }) {
      if (context.rows.get(input.service).job === job)
        await actor(input.service).release({ good: true, reason: 'Rebuilt' });
    },
  };
}
