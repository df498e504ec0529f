/** Effects that make and take away the root of a subcontainer. */
import { randomUUID } from 'node:crypto';
import type { Context } from '../context.ts';
import { effectErrors } from '../errors.ts';
import type { Handlers } from './call.ts';

export function subcontainerEffects({
  rows,
  engine,
}: Context): Handlers<'subcontainer.create-fs' | 'subcontainer.destroy-fs'> {
  return {
    'subcontainer.create-fs': async ({ imageId }, { service }) => {
      if (!Object.hasOwn(rows.get(service).manifest.images, imageId))
        throw effectErrors.notFound({ what: `image "${imageId}" of package "${service}"` });
      const made = await engine.call('subcontainer.create', { service, image: imageId, guid: randomUUID() });
      return [made.path, made.guid];
    },
    'subcontainer.destroy-fs': async ({ guid }, { service }) => {
      await engine.call('subcontainer.destroy', { service, guid });
    },
  };
}
