/** package.plan: what would happen, before it does. */
import type { AnyMethod, Services } from '@hearth/contract';
import { defineMethod, id, packageId, servicePlan } from '@hearth/contract';
import { openFile } from '@hearth/s9pk/node';
import { z } from 'zod';
import { uploadId, uploadPath } from '../../uploads.ts';
import type { Context } from '../context.ts';
import { titleOf } from '../context.ts';
import { readManifest } from '../install/verify.ts';
import type { Scripts } from '../scripts.ts';
import type { Planner } from './plan.ts';

export interface PlanNeeds {
  readonly service: Pick<Services, 'plan'>;
  readonly context: Pick<Context, 'places'>;
  readonly planner: Planner;
  readonly scripts: Pick<Scripts, 'getInput'>;
}

export function planMethods({ service, context, planner, scripts }: PlanNeeds): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'package.plan',
      about: 'Show what installing an upload, removing, rebuilding or setting up a service would do, without doing it.',
      input: z.discriminatedUnion('action', [
        z.object({ action: z.literal('sideload'), upload: uploadId }),
        z.object({ action: z.literal('uninstall'), id: packageId, soft: z.boolean().default(false) }),
        z.object({ action: z.literal('rebuild'), id: packageId }),
        z.object({
          action: z.literal('configure'),
          id: packageId,
          actionId: id,
          input: z.record(z.string(), z.unknown()).nullable(),
        }),
      ]),
      output: servicePlan,
      allow: 'admin',
      deadlineMs: 120_000,
      async run(input, { signal }) {
        switch (input.action) {
          case 'sideload': {
            const { upload } = input;
            const archive = await openFile(uploadPath(context.places.staging, upload), { tree: 'root', signal });
            const manifest = await readManifest(archive, signal).finally(() => archive.close());
            const request = { id: manifest.id, title: titleOf(manifest), source: 'file', input: { upload } };
            return service.plan(request, signal);
          }
          case 'uninstall':
            return planner.remove(input.id, input.soft, signal);
          case 'rebuild':
            return planner.rebuild(input.id);
          case 'configure': {
            const { id: service, actionId: action } = input;
            const before = await scripts.getInput({ service, action, prefill: null, signal });
            return planner.configure(service, action, before?.value ?? null, input.input);
          }
        }
      },
    }),
  ];
}
