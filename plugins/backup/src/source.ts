/** Backups as a source of packages: the archive comes from a snapshot, and so does what fills the volumes. */
import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type EngineClient, id, packageId, type PackageSource, type Places } from '@hearth/contract';
import { z } from 'zod';
import { readRecord, recordPath } from './record.ts';
import type { Targets } from './targets.ts';

/** Stands in the journal of the restore job; the password does not. */
export const restoreInput = z.object({ target: id, snapshot: z.string(), service: packageId });
export type RestoreInput = z.infer<typeof restoreInput>;

export interface SourceParts {
  readonly engine: EngineClient;
  readonly targets: Targets;
  readonly places: Places;
  readonly folder: string;
}

export function backupSource({ engine, targets, places, folder }: SourceParts): PackageSource {
  return {
    name: 'backup',

    async fetch(input, destination, { signal, progress }) {
      const { target, snapshot, service } = restoreInput.parse(input);
      const brought = `backup-${randomBytes(8).toString('hex')}`;
      const root = join(places.staging, brought);
      try {
        await targets.use(target, signal, (access, over) =>
          engine.call(
            'backup.restoreFiles',
            { ...access, snapshot, destination: brought },
            { signal: over, onProgress: (done, total) => progress(done, total, 'bytes') },
          ),
        );
        const { record, archive } = await readRecord(root, recordPath(places, folder, service), service);
        await rename(archive, resolve(places.staging, destination));
        const { registry, rootSighash, rootMaxsize } = record;
        return { registry, commitment: { rootSighash, rootMaxsize } };
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    },

    async fill(input, service, { signal, progress }) {
      const { target, snapshot } = restoreInput.parse(input);
      await targets.use(target, signal, (access, over) =>
        engine.call(
          'backup.restoreVolumes',
          { ...access, service, snapshot },
          { signal: over, onProgress: (done, total) => progress(done, total, 'bytes') },
        ),
      );
    },
  };
}
