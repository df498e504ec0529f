/** package.plan: what would happen, before it does. */
import type { AnyMethod, Services } from '@hearth/contract';
import { defineMethod, packageId, servicePlan } from '@hearth/contract';
import { openFile } from '@hearth/s9pk/node';
import { z } from 'zod';
import { uploadId, uploadPath } from '../../uploads.ts';
import type { Context } from '../context.ts';
import { titleOf } from '../context.ts';
import { readManifest } from '../install/verify.ts';
import type { Planner } from './plan.ts';

export interface PlanNeeds {
  readonly service: Pick<Services, 'plan'>;
  readonly context: Pick<Context, 'places'>;
  readonly planner: Planner;
}

export function planMethods({ service, context, planner }: PlanNeeds): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'package.plan',
      about: 'Show what installing an upload, removing or rebuilding a service would do, without doing it.',
      input: z.discriminatedUnion('action', [
        z.object({ action: z.literal('sideload'), upload: uploadId }),
        z.object({ action: z.literal('uninstall'), id: packageId, soft: z.boolean().default(false) }),
        z.object({ action: z.literal('rebuild'), id: packageId }),
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
        }
      },
    }),
  ];
}
