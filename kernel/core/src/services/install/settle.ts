import { jobStates } from '../machine.ts';
import type { Workshop } from './work.ts';

/** A job that ended past its point of no return leaves its service to the owner, with the reason; never to nobody. */
export async function settle(
  { context, actor }: Workshop,
  service: string,
  what: string,
  error: { code: string; message: string } | null,
): Promise<void> {
  const row = context.rows.read(service);
  if (error === null || row === null || !jobStates.has(row.status.actual)) return;
  await context.rows.changeIfThere(service, 'service.settle', (changed) => {
    changed.error = { code: error.code, message: error.message, details: null };
  });
  await actor(service).release({ good: false, reason: `It ${what}: ${error.message}` });
}
