/** package.*: the API of the services. Installing from a registry is the marketplace's. */
import { rm } from 'node:fs/promises';
import type { AnyMethod, Services } from '@hearth/contract';
import { defineMethod, freeId, id, packageId, serviceRow } from '@hearth/contract';
import { openFile } from '@hearth/s9pk/node';
import { z } from 'zod';
import { attachMethods } from './attach.ts';
import { uploadId, uploadPath } from '../uploads.ts';
import type { Context } from './context.ts';
import { titleOf } from './context.ts';
import { errors } from './errors.ts';
import { readManifest } from './install/verify.ts';
import { needsOf, wantedDependantsOf } from './needs/needs.ts';
import { limitsMethod } from './limits/methods.ts';
import { planMethods } from './plan/methods.ts';
import { Planner } from './plan/plan.ts';
import type { Scripts } from './scripts.ts';
import { refuseBlocked } from './tasks/blocked.ts';
import type { Tasks } from './tasks/tasks.ts';

export interface MethodNeeds {
  readonly service: Services;
  readonly context: Context;
  readonly scripts: Scripts;
  readonly tasks: Tasks;
  readonly planner: Planner;
  readonly rebuild: (service: string, plan?: string) => Promise<{ job: string; rev: number }>;
  readonly cancelInstall: (service: string) => Promise<number>;
}

/** Of a plan: only what it showed is installed. */
const rootSighash = z.string().regex(/^[0-9a-f]{64}$/);
/** `id` of a plan: what it showed is done, or nothing. */
const planId = rootSighash.optional();
const byId = z.object({ id: packageId });
const revision = z.object({ rev: z.number() });
const begun = z.object({ job: z.string(), rev: z.number() });
const actionInput = z
  .object({
    eventId: z.string(),
    spec: z.record(z.string(), z.unknown()),
    value: z.record(z.string(), z.unknown()).nullable(),
  })
  .nullable();

export function serviceMethods(needs: MethodNeeds): readonly AnyMethod[] {
  return [
    ...lifecycleMethods(needs),
    ...lookingMethods(needs),
    ...planMethods(needs),
    limitsMethod(needs.context),
    ...actionMethods(needs),
    ...attachMethods(needs.scripts),
  ];
}

function lifecycleMethods({ service, context, rebuild, cancelInstall }: MethodNeeds): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'package.start',
      about: 'Start a service, and keep it running from now on.',
      input: byId.extend({
        /** What it needs and is stopped: true starts them too, false starts it alone; if absent, they are an error. */
        withDependencies: z.boolean().optional(),
      }),
      output: revision,
      allow: 'admin',
      async run({ id, withDependencies }) {
        context.rows.get(id);
        const { stopped, missing } = needsOf(context.rows, id);
        if (withDependencies === undefined && stopped.length > 0)
          throw errors.needsOthers({ service: id, others: stopped.map(quoted).join(', '), stopped, missing });
        if (withDependencies !== true) return { rev: await service.start(id) };
        // All or none: one that may not start is named before any other has.
        for (const each of [...stopped, id]) refuseBlocked(context.rows.get(each));
        for (const need of stopped) await service.start(need);
        return { rev: await service.start(id) };
      },
    }),
    defineMethod({
      name: 'package.stop',
      about: 'Stop a service; by force at once, where its stop hangs.',
      input: byId.extend({
        force: z.boolean().default(false),
        /** What needs it and is wanted running is stopped too, and goes down before it. */
        withDependants: z.boolean().default(false),
      }),
      output: revision,
      allow: 'admin',
      async run({ id, force, withDependants }) {
        context.rows.get(id);
        if (withDependants) for (const other of wantedDependantsOf(context.rows, id)) await service.stop(other);
        return { rev: await service.stop(id, { force }) };
      },
    }),
    defineMethod({
      name: 'package.restart',
      about: 'Stop a running service and start it again.',
      input: byId,
      output: revision,
      allow: 'admin',
      run: async ({ id }) => ({ rev: await service.restart(id) }),
    }),
    defineMethod({
      name: 'package.rebuild',
      about: 'Make the container of a service anew from its verified archive; its data stays.',
      input: byId.extend({ plan: planId }),
      output: begun,
      allow: 'admin',
      run: ({ id, plan }) => rebuild(id, plan),
    }),
    defineMethod({
      name: 'package.uninstall',
      about: 'Remove a service, with its data unless it is to be kept.',
      input: byId.extend({
        /** Keep the data: a later install finds it. */
        soft: z.boolean().default(false),
        /** Go on where the package refuses or fails. */
        force: z.boolean().default(false),
        plan: planId,
      }),
      output: begun,
      allow: 'admin',
      run: ({ id, soft, force, plan }) =>
        service.uninstall(id, { keepData: soft, force, ...(plan === undefined ? {} : { plan }) }),
    }),
    defineMethod({
      name: 'package.cancel-install',
      about: 'Stop an install or update that is under way and take back what it did.',
      input: byId,
      output: revision,
      allow: 'admin',
      run: async ({ id }) => ({ rev: await cancelInstall(id) }),
    }),
    defineMethod({
      name: 'package.sideload',
      about: 'Install or update a service from an uploaded archive.',
      input: z.object({
        upload: uploadId,
        expect: rootSighash.optional(),
        /** Start it when it is installed. */
        start: z.boolean().default(false),
        /** For a package that is being written: an update is done once the new version is well. */
        quickTrial: z.boolean().default(false),
        plan: planId,
      }),
      output: begun,
      allow: 'admin',
      async run({ upload, expect, start, quickTrial, plan }, { signal }) {
        // Only what it is called: the job proves the whole archive before anything is made of it.
        const path = uploadPath(context.places.staging, upload);
        try {
          const archive = await openFile(path, { tree: 'root', signal });
          const manifest = await readManifest(archive, signal).finally(() => archive.close());
          const named = { id: manifest.id, title: titleOf(manifest) };
          const request = { ...named, source: 'file', input: { upload }, start, quickTrial };
          const bound = { ...(expect === undefined ? {} : { expect }), ...(plan === undefined ? {} : { plan }) };
          return await service.install({ ...request, ...bound });
        } catch (error) {
          // What was refused is of no more use, and may be gigabytes.
          await rm(path, { force: true });
          throw error;
        }
      },
    }),
  ];
}

function lookingMethods({ service, context }: MethodNeeds): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'package.list',
      about: 'List the installed services.',
      input: z.object({}),
      output: z.array(serviceRow),
      allow: 'viewer',
      run: () => [...service.list()],
    }),
    defineMethod({
      name: 'package.logs',
      about: 'Read the log of a service, oldest first; with a cursor, what came after it.',
      input: byId.extend({
        after: z.string().max(1024).nullable().default(null),
        limit: z.number().int().min(1).max(5000).default(200),
      }),
      output: z.object({
        entries: z.array(z.object({ time: z.number(), source: z.string(), text: z.string() })),
        cursor: z.string(),
      }),
      allow: 'viewer',
      run: ({ id, after, limit }, { signal }) => {
        context.rows.get(id);
        return context.engine.call('log.read', { service: id, after, limit }, { signal });
      },
    }),
    defineMethod({
      name: 'package.stats',
      about: 'Show what a service uses of the machine; null while its container is down.',
      input: byId,
      output: z
        .object({
          memory: z.number(),
          memoryLimit: z.number().nullable(),
          cpuSeconds: z.number(),
          pids: z.number(),
          outOfMemoryKills: z.number(),
        })
        .nullable(),
      allow: 'viewer',
      run: async ({ id }, { signal }) => {
        const { status } = context.rows.get(id);
        if (status.startedAt === null) return null;
        return context.engine.call('container.stats', { service: id }, { signal });
      },
    }),
  ];
}

function actionMethods({ scripts, tasks, planner }: MethodNeeds): readonly AnyMethod[] {
  const action = { packageId, actionId: id };
  return [
    defineMethod({
      name: 'package.action.get-input',
      about: 'Ask a service what an action of it takes, and what it would be run with now.',
      input: z.object({ ...action, prefill: z.record(z.string(), z.unknown()).nullish() }),
      output: actionInput,
      allow: 'admin',
      deadlineMs: 300_000,
      run: ({ packageId: service, actionId, prefill }, { signal }) =>
        scripts.getInput({ service, action: actionId, prefill: prefill ?? null, signal }),
    }),
    defineMethod({
      name: 'package.action.run',
      about: 'Run an action of a service.',
      input: z.object({ ...action, eventId: freeId.nullish(), input: z.unknown().optional(), plan: planId }),
      output: z.unknown(),
      allow: 'admin',
      deadlineMs: 600_000,
      async run({ packageId: service, actionId: action, eventId: event, input: given, plan }, { signal }) {
        const input = given ?? null;
        if (plan !== undefined) Planner.hold(plan, await planner.configure(service, action, null, input));
        return (await scripts.run({ service, action, event, input, signal, byOwner: true })) ?? null;
      },
    }),
    defineMethod({
      name: 'package.action.clear-task',
      about: 'Dismiss a task of a service; a critical one only by force.',
      input: z.object({ packageId, replayId: freeId, force: z.boolean().default(false) }),
      output: revision,
      allow: 'admin',
      run: async ({ packageId: service, replayId, force }) => ({ rev: await tasks.dismiss(service, replayId, force) }),
    }),
  ];
}

const quoted = (id: string): string => `"${id}"`;
