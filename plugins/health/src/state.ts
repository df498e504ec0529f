import { checkResult, freeId, instant } from '@hearth/contract';
import { z } from 'zod';

export const hostCheck = z.object({
  name: z.string(),
  result: checkResult,
  message: z.string().nullable(),
  /** When this result began. */
  since: instant,
});
export type HostCheck = z.infer<typeof hostCheck>;

/** Checks of the machine itself: `disk`, `memory`. Volatile. */
export const healthState = z.object({ checks: z.record(freeId, hostCheck) });
export type HealthState = z.infer<typeof healthState>;
export const initialState: HealthState = { checks: {} };

/** What the owner has been told is red, and since when: a restart tells nothing twice. */
export const healthSecret = z.object({
  red: z.record(z.string(), z.object({ service: z.string().nullable(), since: instant })),
});
export type HealthSecret = z.infer<typeof healthSecret>;
export const initialSecret: HealthSecret = { red: {} };
