/** Snapshots of services, by tag. */
import type { SnapshotInfo } from '@hearth/contract';
import { z } from 'zod';
import { errors } from '../errors.ts';
import type { Call, Machine } from '../host/machine.ts';
import { type Access, restic } from './restic.ts';

const tagPrefix = 'hearth-service=';
const entry = z.looseObject({
  id: z.string(),
  time: z.string(),
  tags: z.array(z.string()).nullish(),
});

export function serviceTag(service: string): string {
  return `${tagPrefix}${service}`;
}

/** Ours only, oldest first: the folder may hold snapshots the owner made by hand. */
export async function listSnapshots(
  machine: Machine,
  access: Access,
  call: Pick<Call, 'signal'>,
): Promise<SnapshotInfo[]> {
  const messages = await restic(machine, access, ['snapshots'], call);
  const items = z.array(entry).parse(messages.find((message) => message.message_type === 'list')?.['items'] ?? []);
  return items
    .flatMap(({ id, time, tags }) => {
      const tag = tags?.find((candidate) => candidate.startsWith(tagPrefix));
      if (tag === undefined) return [];
      const others = (tags ?? []).filter((candidate) => candidate !== tag);
      return [{ id, time: Date.parse(time), service: tag.slice(tagPrefix.length), tags: others }];
    })
    .sort((a, b) => a.time - b.time);
}

/** Throws `engine.snapshotMissing`. `snapshot` may be the beginning of an id. */
export async function requireSnapshot(
  machine: Machine,
  access: Access & { readonly snapshot: string },
  call: Pick<Call, 'signal'>,
): Promise<SnapshotInfo> {
  const wellFormed = /^[0-9a-f]{8,64}$/.test(access.snapshot);
  const all = wellFormed ? await listSnapshots(machine, access, call) : [];
  const found = all.find(({ id }) => id.startsWith(access.snapshot));
  if (!found) throw errors.snapshotMissing({ snapshot: access.snapshot.slice(0, 80) });
  return found;
}
