import type { AnyMethod, EngineClient, Jobs, Services, Slice } from '@hearth/contract';
import { backupKindId, defineMethod, id, instant, packageId } from '@hearth/contract';
import { z } from 'zod';
import { errors } from './errors.ts';
import { startRestore } from './restore.ts';
import { backupKind, type BackupState, backupTarget } from './state.ts';
import { readTags } from './tags.ts';
import type { Targets } from './targets.ts';

export interface MethodsParts {
  readonly state: Slice<BackupState>;
  readonly engine: EngineClient;
  readonly services: Services;
  readonly jobs: Jobs;
  readonly targets: Targets;
}

const started = { job: z.string(), rev: z.number() };
const password = z
  .string()
  .min(1)
  .max(1024)
  .refine((text) => !/[\n\r\0]/.test(text), { message: 'one line' });
const path = z
  .string()
  .max(4096)
  .refine((text) => !text.includes('\0'), { message: 'a path' });
/** A repository is opened by a program of its own, with a deliberately slow key derivation. */
const slow = { deadlineMs: 120_000 };

export function backupMethods({ state, engine, services, jobs, targets }: MethodsParts): readonly AnyMethod[] {
  const running = (target: string): boolean => {
    const last = targets.read(target).lastRun;
    const job = last === null ? null : jobs.read(last.job);
    return job !== null && job.finishedAt === null;
  };

  return [
    defineMethod({
      name: 'backup.target.list',
      about: 'List where backups go, with how the last one went.',
      input: z.object({}),
      output: z.object({ targets: z.array(backupTarget) }),
      allow: 'viewer',
      run: () => ({ targets: Object.values(state.read().targets) }),
    }),
    defineMethod({
      name: 'backup.target.add',
      about: 'Keep backups in a place, sealed with a password; opens the backups that are there.',
      input: z.object({
        name: z.string().trim().min(1).max(64),
        kind: backupKindId.default('folder').describe('"folder", or a kind that a plugin brings'),
        path: path.optional().describe('of a folder'),
        /** Checked by the form of the kind. */
        settings: z
          .record(z.string().max(64), z.union([z.string().max(4000), z.number(), z.boolean(), z.null()]))
          .optional()
          .describe('of any other kind: its form, filled in'),
        password,
      }),
      output: z.object({ id, created: z.boolean(), rev: z.number() }),
      allow: 'admin',
      ...slow,
      run: ({ name, kind, path: folder = '', settings = {}, password: word }, { signal }) => {
        const named = { name, password: word };
        return targets.add(kind === 'folder' ? { ...named, kind, path: folder } : { ...named, kind, settings }, signal);
      },
    }),
    defineMethod({
      name: 'backup.kind.list',
      about: 'List the kinds of places that plugins bring, the form of each, and whether they are to be had now.',
      input: z.object({}),
      output: z.object({ kinds: z.array(backupKind) }),
      allow: 'viewer',
      run: () => ({ kinds: Object.values(state.read().kinds ?? {}) }),
    }),
    defineMethod({
      name: 'backup.target.remove',
      about: 'Forget a place for backups; the backups stay there.',
      input: z.object({ id }),
      output: z.object({ rev: z.number() }),
      allow: 'admin',
      async run({ id: target }) {
        if (running(target)) throw errors.targetBusy({ target });
        return { rev: await targets.remove(target) };
      },
    }),
    defineMethod({
      name: 'backup.create',
      about: 'Back up services, all of them unless some are named.',
      input: z.object({ target: id, services: z.array(packageId).min(1).max(256).optional() }),
      output: z.object(started),
      allow: 'admin',
      async run({ target, services: named }) {
        if (running(target)) throw errors.targetBusy({ target });
        const unknown = named?.find((service) => services.read(service) === null);
        if (unknown !== undefined) throw errors.unknownService({ service: unknown });
        const chosen = [...new Set(named ?? services.list().map((row) => row.id))];
        if (chosen.length === 0) throw errors.nothingToDo();
        return jobs.start('backup.create', { target, services: chosen });
      },
    }),
    defineMethod({
      name: 'backup.snapshot.list',
      about: 'List the backups a target holds, the latest first.',
      input: z.object({ target: id, service: packageId.optional() }),
      output: z.object({
        snapshots: z.array(
          z.object({
            ...{ id: z.string(), time: instant, service: packageId },
            ...{ version: z.string().nullable(), title: z.string().nullable() },
          }),
        ),
      }),
      allow: 'viewer',
      ...slow,
      async run({ target, service }, { signal }) {
        const all = await targets.use(target, signal, (access, over) =>
          engine.call('backup.list', access, { signal: over }),
        );
        const snapshots = all
          .filter((found) => service === undefined || found.service === service)
          .toSorted((a, b) => b.time - a.time)
          .map(({ tags, ...found }) => {
            const { version, title } = readTags({ tags });
            return { id: found.id, time: Math.round(found.time), service: found.service, version, title };
          });
        return { snapshots };
      },
    }),
    defineMethod({
      name: 'package.backup.restore',
      about: 'Restore services that are not installed from a backup, the latest unless one is named.',
      input: z.object({
        target: id,
        ids: z.array(packageId).min(1).max(256),
        snapshot: z
          .string()
          .regex(/^[0-9a-f]{8,64}$/)
          .optional(),
      }),
      output: z.object({ ...started, jobs: z.array(z.object({ id: packageId, job: z.string() })) }),
      allow: 'admin',
      ...slow,
      async run({ target, ids, snapshot }, { signal }) {
        const request = { target, ids: [...new Set(ids)], snapshot };
        const { jobs: all, rev } = await startRestore({ engine, services, targets }, request, signal);
        return { job: all[0].job, rev, jobs: all };
      },
    }),
  ];
}
