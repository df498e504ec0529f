/** The steps that bring an archive in: fetch, verify, keep, import. Shared by install, restore and update. */
import { mkdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest, ServicePlan, ServiceRow, Step, StepContext } from '@hearth/contract';
import { extract, filterArchive, openFile } from '@hearth/s9pk/node';
import { asideCost, refuseNoRoom } from './aside.ts';
import { errors } from '../errors.ts';
import { manifestChanges } from '../plan/manifest-changes.ts';
import { exitTarget } from './migration.ts';
import { refuseFullDisk, verifyPackage } from './verify.ts';
import {
  foundIn,
  type InstallInput,
  type InstallScratch,
  keptArchive,
  keptFolder,
  stagedArchive,
  stagingOf,
  type Workshop,
} from './work.ts';

type InstallStep = Step<InstallInput, InstallScratch>;

export function fetchStep({ context, sources }: Workshop): InstallStep {
  return {
    name: 'fetch',
    title: 'Downloading',
    async run(step) {
      const { job, input, scratch } = step;
      await refuseFullDisk(context, input.title, 0);
      await mkdir(stagingOf(context, job), { recursive: true, mode: 0o700 });
      const destination = join(context.places.staging, stagedArchive(job));
      const { registry, commitment } = await sources.get(input.source).fetch(input.input, destination, step);
      scratch.source = { registry, commitment };
    },
    undo: async ({ job }) => rm(stagingOf(context, job), { recursive: true, force: true }),
  };
}

/** The head of an archive was shown, the whole of it is proved: they must tell the same. @throws services.notAsPlanned */
function refuseUnplanned({ kind, changes }: ServicePlan, row: ServiceRow | null, manifest: Manifest): void {
  const same = JSON.stringify(manifestChanges(row?.manifest ?? null, manifest)) === JSON.stringify(changes);
  if (!same || (kind === 'package.install') !== (row === null)) throw errors.notAsPlanned({ service: manifest.id });
}

export function verifyStep({ context }: Workshop): InstallStep {
  return {
    name: 'verify',
    title: 'Verifying',
    async run(step) {
      const { job, input, scratch, signal } = step;
      const service = input.id;
      const { registry, commitment } = scratch.source ?? { registry: null, commitment: null };
      const path = join(context.places.staging, stagedArchive(job));
      const found = await verifyPackage(context, path, { service, registry, commitment, expect: input.expect }, step);
      const volumes = await context.engine.call('volume.list', {}, { signal });
      const row = context.rows.read(service);
      if (input.planned !== undefined) refuseUnplanned(input.planned, row, found.manifest);
      scratch.found = {
        ...found,
        hadData: volumes.some((volume) => volume.service === service),
        hadIndex: context.allocations.index(service) !== null,
      };
      const refuseUnlessRoomAside = async (): Promise<void> => {
        const { diskFree } = await context.engine.call('host.usage', {}, { signal });
        refuseNoRoom(
          found.manifest.title,
          await asideCost(context, service, signal),
          diskFree - 2 * found.package.size,
        );
      };
      if (row === null) {
        if (input.restore === true && scratch.found.hadData) throw errors.dataKept({ service });
        if (scratch.found.hadData) await refuseUnlessRoomAside();
        return;
      }
      if (row.package.rootSighash === found.package.rootSighash) throw errors.sameVersion({ service });
      scratch.target = exitTarget(row.manifest, found.manifest);
      await refuseUnlessRoomAside();
      const { manifest, package: pack, hosts, actions, tasks, dependencies } = row;
      scratch.previous = structuredClone({ manifest, package: pack, hosts, actions, tasks, dependencies });
    },
  };
}

/** The archive stays, cut down to this machine: for rebuilding, restoring, and to be proved again. */
export function keepStep({ context }: Workshop): InstallStep {
  return {
    name: 'keep',
    title: 'Keeping the package',
    async run(step) {
      const { job, scratch, signal } = step;
      const progress = (done: number, total: number): void => step.progress(done, total);
      const { manifest, package: pack, icon, instructions } = foundIn(scratch);
      const { data, staging } = context.places;
      const folder = join(data, keptFolder(manifest.id, pack.rootSighash));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const archive = await openFile(join(staging, stagedArchive(job)), { signal });
      try {
        const kept = join(folder, 'package.s9pk');
        await filterArchive(archive, kept, { architecture: context.host().architecture, signal, progress });
        for (const path of ['manifest.json', 'LICENSE.md', icon, ...(instructions ? ['instructions.md'] : [])])
          await extract(archive, path, join(folder, path), { signal, sync: true });
        const { size } = await stat(kept);
        foundIn(scratch).package.size = size;
        await context.rows.changeIfThere(manifest.id, 'package.keep', (row) => {
          if (row.job === job) row.package.size = size;
        });
      } finally {
        await archive.close();
      }
      await rm(join(staging, stagedArchive(job)), { force: true });
    },
    async undo({ scratch }) {
      if (scratch.found === undefined) return;
      const { manifest, package: pack } = scratch.found;
      const folder = join(context.places.data, keptFolder(manifest.id, pack.rootSighash));
      await rm(folder, { recursive: true, force: true });
      // Its parent too, unless it holds the package of an earlier version.
      await rmdir(dirname(folder)).catch(() => undefined);
    },
  };
}

export function importStep(workshop: Workshop): InstallStep {
  return {
    name: 'import',
    title: 'Unpacking',
    async run(step) {
      const { manifest, package: pack, images, assets } = foundIn(step.scratch);
      const index = workshop.context.rows.get(manifest.id).index;
      const what = { service: manifest.id, index, revision: pack.rootSighash, images, assets };
      await importImages(workshop, what, step);
    },
    async undo({ scratch }) {
      if (scratch.found === undefined) return;
      const { manifest, package: pack } = scratch.found;
      await workshop.context.engine.call('image.remove', { service: manifest.id, revision: pack.rootSighash });
    },
  };
}

export interface Importing {
  readonly service: string;
  readonly index: number;
  /** Root sighash of the kept archive they come from. */
  readonly revision: string;
  readonly images: readonly string[];
  readonly assets: boolean;
}

type Bar = Pick<StepContext<unknown, object>, 'job' | 'signal' | 'progress'>;

/** Takes each squashfs out of the kept archive, proved, and has the engine rebuild it with the service's ids. */
export async function importImages({ context }: Workshop, what: Importing, bar: Bar): Promise<void> {
  const { service, index, revision } = what;
  const folder = `images/${context.host().architecture}`;
  const parts = [
    { kind: 'javascript' as const, name: 'javascript', path: 'javascript.squashfs' },
    ...(what.assets ? [{ kind: 'assets' as const, name: 'assets', path: 'assets.squashfs' }] : []),
    ...what.images.map((name) => ({ kind: 'image' as const, name, path: `${folder}/${name}.squashfs` })),
  ];
  const archive = await openFile(join(context.places.data, keptArchive(service, revision)), { signal: bar.signal });
  const staging = stagingOf(context, bar.job);
  await mkdir(staging, { recursive: true, mode: 0o700 });
  try {
    const sizes = await Promise.all(parts.map(async ({ path }) => (await archive.file(path)).size));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    let before = 0;
    for (const [place, { kind, name, path }] of parts.entries()) {
      const size = sizes[place] ?? 0;
      const file = `${kind}-${name}.squashfs`;
      await extract(archive, path, join(staging, file), { signal: bar.signal });
      const text = async (extension: string): Promise<string | null> =>
        kind === 'image'
          ? new TextDecoder().decode(await archive.read(`${folder}/${name}.${extension}`, { limit: 65536 }))
          : null;
      await context.engine.call(
        'image.import',
        {
          service,
          index,
          kind,
          name,
          revision,
          archive: `${bar.job}/${file}`,
          config: await text('json'),
          environment: await text('env'),
        },
        {
          signal: bar.signal,
          onProgress: (done, of) => bar.progress(before + (of === null || of === 0 ? 0 : (done / of) * size), total),
        },
      );
      await rm(join(staging, file), { force: true });
      before += size;
      bar.progress(before, total);
    }
  } finally {
    await archive.close();
  }
}
