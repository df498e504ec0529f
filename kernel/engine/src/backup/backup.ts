/** The backup verbs. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineInput, type EngineOutput, HearthError } from '@hearth/contract';
import { z } from 'zod';
import { errors } from '../errors.ts';
import { type Call, type Machine, rootOwner } from '../host/machine.ts';
import { makeFolderBeneath } from '../system/beneath.ts';
import { removeTree } from '../system/mounts.ts';
import { isRepository, mustBeEmpty, nameOf, type Place, placeOf } from './repository.ts';
import { type Message, restic, resticAt } from './restic.ts';
import { listSnapshots, serviceTag } from './snapshots.ts';
import { buildStage, dropStage, excludeLines, includedPaths, withBackupFolder } from './stage.ts';

const summary = z.object({ snapshot_id: z.string(), data_added: z.number(), total_bytes_processed: z.number() });
const status = z.object({ bytes_done: z.number().default(0), total_bytes: z.number().optional() });

export async function prepareRepository(machine: Machine, input: EngineInput<'backup.prepare'>, call: Call) {
  const place = await placeOf(machine, input.repository);
  if (await isThere(machine, place, input.password, call)) return { created: false };
  if (place.kind === 'folder') {
    await mustBeEmpty(place.path);
    makeFolderBeneath('/', place.path, rootOwner, 0o700);
  }
  await resticAt(machine, place, input.password, ['init', '--repository-version', '2'], call);
  return { created: true };
}

/** Opens it with the password; false where there is none. */
async function isThere(machine: Machine, place: Place, password: string, call: Call): Promise<boolean> {
  if (place.kind === 'folder' && !(await isRepository(place.path))) return false;
  try {
    await resticAt(machine, place, password, ['cat', 'config'], call);
    return true;
  } catch (cause) {
    if (place.kind === 'served' && HearthError.is(cause) && cause.code === 'engine.repositoryMissing') return false;
    throw cause;
  }
}

export async function createBackup(
  machine: Machine,
  asked: EngineInput<'backup.create'>,
  call: Call,
): Promise<EngineOutput<'backup.create'>> {
  const input = withBackupFolder(machine, asked);
  const { service } = input;
  const scratch = await mkdtemp(join(machine.layout.restores, 'backup-'));
  try {
    const parent = (await listSnapshots(machine, input, call)).findLast((snapshot) => snapshot.service === service);
    const stage = await buildStage(machine, input);
    const excludes = join(scratch, 'excludes');
    await writeFile(excludes, `${excludeLines(stage, input.pairs).join('\n')}\n`, { mode: 0o600 });
    const tags = [serviceTag(service), ...input.tags].flatMap((tag) => ['--tag', tag]);
    const args = [
      'backup',
      '--host',
      'hearth',
      '--exclude-file',
      excludes,
      ...(parent ? ['--parent', parent.id] : []),
      ...tags,
      '--',
      ...includedPaths(input),
    ];
    let made: z.infer<typeof summary> | undefined;
    const onMessage = (message: Message) => {
      if (message.message_type === 'summary') made = summary.parse(message);
      if (message.message_type === 'status') {
        const { bytes_done: done, total_bytes: total } = status.parse(message);
        call.progress(done, total ?? null);
      }
    };
    await restic(machine, input, args, call, { cwd: stage, onMessage });
    if (!made) {
      const path = nameOf(await placeOf(machine, input.repository));
      throw errors.repositoryDamaged({ path, words: 'restic made no snapshot' });
    }
    const id = made.snapshot_id;
    const snapshot = (await listSnapshots(machine, input, call)).find((found) => found.id.startsWith(id));
    call.progress(made.total_bytes_processed, made.total_bytes_processed);
    return { snapshot: snapshot?.id ?? id, added: made.data_added, processed: made.total_bytes_processed };
  } finally {
    await dropStage(machine, service);
    await removeTree(scratch);
  }
}

export async function checkRepository(machine: Machine, input: EngineInput<'backup.check'>, call: Call) {
  const subset = input.percent > 0 ? [`--read-data-subset=${input.percent}%`] : [];
  try {
    await restic(machine, input, ['check', ...subset], call);
    return { good: true, report: 'no errors were found' };
  } catch (cause) {
    // A repository that opens but is not whole is an answer; one that does not open is an error.
    if (HearthError.is(cause) && cause.code === 'engine.repositoryDamaged') {
      return { good: false, report: cause.message };
    }
    throw cause;
  }
}
