import { randomUUID } from 'node:crypto';
import { backupAnswer, type BackupPair } from '@hearth/contract';
import type { Container } from './container.ts';
import { errors } from './errors.ts';

/** What a script wants copied: it runs its own hooks, the copies it asks for are only noted. @throws services.guestAnswer */
export async function backupPairs(
  container: Container,
  limitMs: number,
  signal: AbortSignal,
): Promise<readonly BackupPair[]> {
  await container.load(null, signal);
  const answer = await container.execute('/backup/create', null, randomUUID(), limitMs, signal);
  const parsed = backupAnswer.safeParse(answer);
  if (parsed.success) return parsed.data.pairs;
  const details = parsed.error.issues[0]?.message ?? 'not a list of pairs';
  throw errors.guestAnswer({ service: container.service, procedure: '/backup/create', details });
}
