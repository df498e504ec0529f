/** The jobs `package.install` and `package.backup.restore`: a service that was not there. */
import { rm } from 'node:fs/promises';
import type { JobDefinition, ServiceRow, Step } from '@hearth/contract';
import { titleOf } from '../context.ts';
import { errors } from '../errors.ts';
import { dropUndeclared } from '../given-addresses.ts';
import { asideCost, restoreIfThere } from './aside.ts';
import { fetchStep, importStep, keepStep, verifyStep } from './bring-in.ts';
import { settle } from './settle.ts';
import { tidy } from './tidy.ts';
import { foundIn, type InstallInput, type InstallScratch, stagingOf, type Workshop } from './work.ts';

type InstallStep = Step<InstallInput, InstallScratch>;

export function installJob(workshop: Workshop): JobDefinition<InstallInput, InstallScratch> {
  return job(workshop, 'package.install', 'Install', []);
}

export function restoreJob(workshop: Workshop): JobDefinition<InstallInput, InstallScratch> {
  return job(workshop, 'package.backup.restore', 'Restore', [fillStep(workshop)]);
}

function job(
  workshop: Workshop,
  kind: string,
  verb: string,
  fill: readonly InstallStep[],
): JobDefinition<InstallInput, InstallScratch> {
  return {
    kind,
    title: ({ title }) => `${verb} ${title}`,
    service: ({ id }) => id,
    afterCrash: 'undo',
    steps: [
      fetchStep(workshop),
      verifyStep(workshop),
      claimStep(workshop),
      keepStep(workshop),
      importStep(workshop),
      volumesStep(workshop),
      ...fill,
      setUpStep(workshop),
      finishStep(workshop),
    ],
    result: ({ found }) => ({ version: found?.manifest.version ?? null }),
    settled: ({ input, error }) => settle(workshop, input.id, 'could not be installed', error),
  };
}

/** From here on people see the service. */
function claimStep({ context, actor, dismiss }: Workshop): InstallStep {
  return {
    name: 'claim',
    title: 'Making room',
    async run({ job, input, scratch }) {
      const { manifest, package: pack } = foundIn(scratch);
      const index = await context.allocations.claimIndex(manifest.id);
      const now = context.now();
      const restoring = input.restore === true;
      const row: ServiceRow = {
        id: manifest.id,
        index,
        manifest,
        package: { ...pack, installedAt: now },
        status: {
          desired: input.start === true ? 'running' : 'stopped',
          actual: restoring ? 'restoring' : 'installing',
          reason: restoring ? 'Being restored' : 'Being installed',
          since: now,
          deadline: null,
          startedAt: null,
          crashes: 0,
        },
        error: null,
        job,
        hosts: {},
        actions: {},
        tasks: {},
        dependencies: {},
        lastBackup: null,
      };
      await context.rows.insert(structuredClone(row), 'package.install');
      actor(manifest.id);
    },
    async undo({ job, scratch }) {
      if (scratch.found === undefined) return;
      const { manifest, hadIndex } = scratch.found;
      if (context.rows.read(manifest.id)?.job === job) {
        await dismiss(manifest.id);
        await context.rows.remove(manifest.id, 'package.install');
        await dropUndeclared(context, manifest.id);
      }
      if (!hadIndex) await context.allocations.release(manifest.id);
    },
  };
}

function volumesStep({ context }: Workshop): InstallStep {
  return {
    name: 'volumes',
    title: 'Making volumes',
    async run({ job, scratch, signal }) {
      const { manifest, hadData } = foundIn(scratch);
      const service = manifest.id;
      if (hadData) {
        await context.engine.call('volume.snapshot', { service, name: job }, { signal });
        scratch.aside = await asideCost(context, service, signal);
      }
      for (const volume of manifest.volumes)
        await context.engine.call('volume.create', { service, volume }, { signal });
    },
    async undo({ job, scratch }) {
      if (scratch.found === undefined) return;
      const service = scratch.found.manifest.id;
      if (!scratch.found.hadData) {
        await context.engine.call('volume.remove', { service });
        return;
      }
      // Data of an earlier installation was kept on purpose; it outlives a failed one as it was.
      await restoreIfThere(context, service, job);
      await context.engine.call('volume.drop', { service, name: job });
    },
  };
}

function fillStep({ sources }: Workshop): InstallStep {
  return {
    name: 'fill',
    title: 'Bringing back data',
    async run(step) {
      const { input } = step;
      const source = sources.get(input.source);
      if (source.fill === undefined) throw errors.noFill({ source: input.source });
      await source.fill(input.input, input.id, step);
    },
  };
}

function setUpStep({ context, actor, initProgress }: Workshop): InstallStep {
  return {
    name: 'setUp',
    title: 'Setting up',
    async run(step) {
      const { input, signal } = step;
      const kind = input.restore === true ? 'restore' : 'install';
      const { container } = actor(input.id);
      await initProgress.during(input.id, step, () => container.load(kind, signal));
    },
    async undo({ input }) {
      await actor(input.id).container.takeDown(0);
      await context.engine.call('container.remove', { service: input.id });
    },
  };
}

function finishStep({ context, actor, tasks }: Workshop): InstallStep {
  return {
    name: 'finish',
    title: 'Finishing',
    noReturn: true,
    async run({ job, input, scratch, log }) {
      const { manifest, hadData } = foundIn(scratch);
      await rm(stagingOf(context, job), { recursive: true, force: true });
      if (hadData) await tidy(log, () => context.engine.call('volume.drop', { service: input.id, name: job }));
      if (context.rows.get(input.id).job === job)
        await actor(input.id).release({ good: true, reason: `${titleOf(manifest)} is installed` });
      context.events.emit('service.installed', { service: input.id, version: manifest.version });
      context.events.emit('service.network', { service: input.id });
      await tasks.review(input.id, null, false);
    },
  };
}
