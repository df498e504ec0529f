/** Methods for the day on which something is broken: they need neither plugin nor readable state. */
import { type AnyMethod, defineMethod, type HearthError, instant } from '@hearth/contract';
import { z } from 'zod';
import { nameOf } from '../rpc/dispatcher.ts';
import { errors } from './errors.ts';
import type { Keeper } from './keeper.ts';
import { wishFor } from './recover.ts';
import { snapshotName, type Snapshots } from './snapshots.ts';

export interface RecoveryParts {
  /** `<data>/kernel`. */
  readonly folder: string;
  readonly snapshots: Snapshots;
  readonly keeper: Keeper;
  /** Why the state could not be opened; null when it could. */
  readonly damage: HearthError | null;
  readonly bundle: () => Promise<Record<string, unknown>>;
  /** Ends the kernel, to be started again; null where nobody would. */
  readonly restart: (() => void) | null;
}

/** So that the answer is out before the door closes. */
const breathMs = 250;
const restarts = z.object({
  /** Whether the kernel starts again by itself; else with the next start. */
  restarts: z.boolean(),
});

export function recoveryMethods(parts: RecoveryParts): readonly AnyMethod[] {
  const { folder, snapshots, keeper, damage, restart } = parts;
  const again = (): { restarts: boolean } => {
    if (restart !== null) setTimeout(restart, breathMs);
    return { restarts: restart !== null };
  };
  return [
    defineMethod({
      name: 'db.snapshot.list',
      about: 'List the snapshots of the state there are to go back to, the latest first',
      allow: 'admin',
      input: z.object({}),
      output: z.object({
        snapshots: z.array(
          z.object({ name: snapshotName, at: instant, occasion: z.string(), bytes: z.number().int() }),
        ),
      }),
      run: async () => ({ snapshots: [...(await snapshots.list())] }),
    }),
    defineMethod({
      name: 'db.snapshot.create',
      about: 'Take a snapshot of the state',
      allow: 'admin',
      input: z.object({}),
      output: z.object({ snapshot: snapshotName }),
      run: async () => {
        if (damage !== null) throw damage;
        return { snapshot: await keeper.take('asked') };
      },
    }),
    defineMethod({
      name: 'db.restore',
      about: 'Take the state back to a snapshot; the kernel starts anew, services and their data stay as they are',
      allow: 'owner',
      input: z.object({ snapshot: z.string().max(64) }),
      output: restarts,
      run: async ({ snapshot }, { principal }) => {
        // Read now: what cannot be read is told to whoever asked, not to the log.
        await snapshots.read(snapshot);
        await wishFor(folder, { do: 'restore', snapshot, by: nameOf(principal) });
        return again();
      },
    }),
    defineMethod({
      name: 'db.repair',
      about: 'Make a state that cannot be opened open again, with everything that can still be read',
      allow: 'owner',
      input: z.object({}),
      output: restarts,
      run: async (_, { principal }) => {
        if (damage === null) throw errors.notDamaged();
        await wishFor(folder, { do: 'repair', by: nameOf(principal) });
        return again();
      },
    }),
    defineMethod({
      name: 'kernel.restart',
      about: 'Start the kernel anew; services go on running',
      allow: 'owner',
      input: z.object({}),
      output: restarts,
      run: again,
    }),
    defineMethod({
      name: 'support.bundle',
      about: 'Collect what somebody who helps needs to see, without secrets',
      allow: 'admin',
      input: z.object({}),
      output: z.object({ bundle: z.record(z.string(), z.unknown()) }),
      run: async () => ({ bundle: await parts.bundle() }),
    }),
  ] as AnyMethod[];
}
