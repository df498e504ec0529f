import type { AnyMethod, Services, Slice } from '@hearth/contract';
import { defineMethod, healthEntry, packageId } from '@hearth/contract';
import { z } from 'zod';
import { type HealthState, hostCheck } from './state.ts';

export function healthMethods(state: Slice<HealthState>, services: Services): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'health.list',
      about: 'List the checks of the server and of its services, with since when each result holds.',
      input: z.object({}),
      output: z.object({
        checks: z.record(z.string(), hostCheck),
        services: z.record(packageId, z.record(z.string(), healthEntry)),
      }),
      allow: 'viewer',
      run: () => ({
        checks: state.read().checks,
        services: Object.fromEntries(services.list().map(({ id }) => [id, services.health(id)])),
      }),
    }),
  ];
}
