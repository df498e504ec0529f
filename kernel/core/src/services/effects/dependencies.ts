/** Effects about other packages: what a service needs of them, how they are, and their volumes. */
import type { ServiceRow } from '@hearth/contract';
import type { Context } from '../context.ts';
import { effectErrors } from '../errors.ts';
import type { Handlers } from './call.ts';

type Names = 'set-dependencies' | 'get-dependencies' | 'check-dependencies' | 'mount';

export function dependencyEffects(context: Context): Handlers<Names> {
  const { rows, engine, events, mounts, parked } = context;

  const check = (caller: ServiceRow, packageId: string): object => {
    const row = rows.read(packageId);
    const tasks = Object.entries(caller.tasks).filter(([, { task }]) => task.packageId === packageId);
    const health = Object.entries(row === null ? {} : context.health.of(packageId));
    return {
      packageId,
      title: row?.manifest.title ?? null,
      installedVersion: row?.manifest.version ?? null,
      satisfies: row?.manifest.satisfies ?? [],
      isRunning: (row?.status.startedAt ?? null) !== null,
      tasks: Object.fromEntries(tasks),
      healthChecks: Object.fromEntries(
        health.map(([id, { name, result, message }]) => [id, { name, result, message }]),
      ),
    };
  };

  return {
    'set-dependencies': async ({ dependencies }, { service }) => {
      await rows.change(service, 'service.dependencies', (row) => {
        row.dependencies = Object.fromEntries(dependencies.map((each) => [each.id, each]));
      });
      events.emit('service.network', { service });
    },
    'get-dependencies': (_, { service }) => Object.values(rows.get(service).dependencies),
    'check-dependencies': ({ packageIds }, { service }) => {
      const caller = rows.get(service);
      const current = Object.keys(caller.dependencies);
      const asked = packageIds ?? current;
      return current.filter((id) => asked.includes(id)).map((id) => check(caller, id));
    },
    mount: async ({ location, target }, { service }) => {
      const caller = rows.get(service);
      const { packageId, volumeId, readonly, idmap } = target;
      const declared =
        packageId === service ||
        Object.hasOwn(caller.dependencies, packageId) ||
        Object.hasOwn(caller.manifest.dependencies, packageId);
      if (!declared)
        throw effectErrors.notAllowed({
          reason: `package "${packageId}" is not a declared dependency of "${service}"`,
        });
      const owner = rows.read(packageId);
      if (owner === null || !owner.manifest.volumes.includes(volumeId))
        throw effectErrors.notFound({ what: `volume "${volumeId}" of package "${packageId}"` });
      const subpath = beneath(target.subpath ?? '');
      const place = `/${beneath(location)}`;
      // Noted first: whoever watches files there is not to miss what is written in them.
      if (packageId !== service)
        await mounts.add(service, { location: place, owner: packageId, volume: volumeId, writable: !readonly });
      if (!readonly) for (const each of parked.watching(packageId, volumeId, service)) context.stale(each);
      await engine.call('mount.attach', {
        service,
        location,
        source: { service: packageId, volume: volumeId, subpath, readonly, idmap },
      });
    },
  };
}

/** A path of plain names, without its leading slashes; the engine walks it and refuses links. */
function beneath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || path.includes('\0'))
    throw effectErrors.notAllowed({ reason: `path "${path}" leads out of where it belongs` });
  return parts.join('/');
}
