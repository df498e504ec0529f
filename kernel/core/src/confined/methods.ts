/** plugin.*: installing, granting, seeing and removing confined plugins. */
import { rm } from 'node:fs/promises';
import {
  type AnyMethod,
  capabilityChange,
  defineMethod,
  instant,
  packageId,
  pluginRow,
  pluginStatus,
  sentenceOf,
} from '@hearth/contract';
import { z } from 'zod';
import { auditRow } from '../audit/chain.ts';
import { uploadId, uploadPath } from '../uploads.ts';
import { withPluginArchive } from './archive.ts';
import type { Confined } from './confined.ts';
import { effective, missing } from './grants.ts';

const byId = z.object({ id: packageId });
const revision = z.object({ rev: z.number() });
/** Of an inspection: nothing else is installed. */
const rootSighash = z.string().regex(/^[0-9a-f]{64}$/);
const capabilityNames = z.array(z.string().max(64)).max(32);

export function confinedMethods(confined: () => Confined, staging: string): readonly AnyMethod[] {
  return [...lookingMethods(confined, staging), ...changingMethods(confined, staging)];
}

function lookingMethods(confined: () => Confined, staging: string): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'plugin.list',
      about: 'List the plugins, what each may do in words, and how they run.',
      allow: 'viewer',
      input: z.object({}),
      output: z.object({
        plugins: z.array(
          pluginRow.extend({
            status: pluginStatus,
            /** What it may do, in words. */
            may: z.array(z.string()),
            /** What it needs and was not allowed. */
            missing: z.array(z.string()),
            /** Bytes; 0 while it does not run. */
            memory: z.number(),
          }),
        ),
      }),
      run: () => ({
        plugins: Object.values(confined().rows.read()).map((row) => ({
          ...row,
          status: confined().status.read()[row.id] ?? {
            ...{ state: 'off' as const, reason: '', since: row.installedAt, crashes: 0, checks: {} },
          },
          may: effective(row).map(sentenceOf),
          missing: missing(row).map(sentenceOf),
          memory: confined().all.get(row.id)?.life?.memory ?? 0,
        })),
      }),
    }),
    defineMethod({
      name: 'plugin.inspect',
      about: 'Tell what an uploaded plugin is, who signed it, and what it asks beside what it was granted until now.',
      allow: 'owner',
      input: z.object({ upload: uploadId }),
      output: z.object({
        ...{ id: packageId, title: z.string(), version: z.string(), about: z.string(), author: z.string().nullable() },
        /** Hex of the key that signed it. */
        signer: z.string(),
        rootSighash,
        /** The version that is installed. */
        from: z.string().nullable(),
        changes: z.array(capabilityChange),
        /** Why it cannot be installed. */
        refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
      }),
      run: ({ upload }) =>
        withPluginArchive(uploadPath(staging, upload), (archive) => {
          const { manifest, signer, rootSighash: hash, from, changes, refusal } = confined().look(archive);
          const { id, title, version, about, author = null } = manifest;
          return Promise.resolve({
            ...{ id, title, version, about, author, signer, rootSighash: hash, from, changes: [...changes] },
            refusal: refusal === null ? null : { code: refusal.code, message: refusal.message },
          });
        }),
    }),
    defineMethod({
      name: 'plugin.logs',
      about: 'Show the latest of what a plugin wrote.',
      allow: 'admin',
      input: byId.extend({ limit: z.number().int().min(1).max(500).default(100) }),
      output: z.object({
        lines: z.array(z.object({ time: instant, level: z.string(), message: z.string() })),
      }),
      run: ({ id, limit }) => ({ lines: confined().find(id).lines.slice(-limit) }),
    }),
    defineMethod({
      name: 'plugin.audit.list',
      about: 'List what a plugin asked of the server, the latest first, and whether the log is as it was written.',
      allow: 'owner',
      input: byId.extend({
        before: z.number().int().optional(),
        limit: z.number().int().min(1).max(1000).default(50),
      }),
      output: z.object({ rows: z.array(auditRow), intact: z.boolean() }),
      run: async ({ id, before, limit }) => {
        const { rows, intact } = await confined().find(id).audit.read({ before, limit });
        return { rows: [...rows], intact };
      },
    }),
  ] as AnyMethod[];
}

function changingMethods(confined: () => Confined, staging: string): readonly AnyMethod[] {
  return [
    defineMethod({
      name: 'plugin.install',
      about: 'Install or update a plugin from an uploaded archive, and grant what it asks for.',
      allow: 'owner',
      input: z.object({
        upload: uploadId,
        expect: rootSighash.optional(),
        /** What you allow of what it asks, by name; what was granted before stays. */
        grant: capabilityNames.default([]),
      }),
      output: z.object({ id: packageId, rev: z.number() }),
      run: async ({ upload, expect, grant }) => {
        const file = uploadPath(staging, upload);
        const installed = await confined().install(file, expect, grant);
        await rm(file, { force: true });
        return installed;
      },
    }),
    defineMethod({
      name: 'plugin.grant',
      about: 'Set what a plugin may do: exactly these, of what it asks for.',
      allow: 'owner',
      input: byId.extend({ capabilities: capabilityNames }),
      output: revision,
      run: async ({ id, capabilities }) => ({ rev: await confined().grant(id, capabilities) }),
    }),
    defineMethod({
      name: 'plugin.enable',
      about: 'Run a plugin from now on, also one that ended too often.',
      allow: 'admin',
      input: byId,
      output: revision,
      run: async ({ id }) => ({ rev: await confined().enable(id, true) }),
    }),
    defineMethod({
      name: 'plugin.disable',
      about: 'Stop a plugin and leave it off; its data stays.',
      allow: 'admin',
      input: byId,
      output: revision,
      run: async ({ id }) => ({ rev: await confined().enable(id, false) }),
    }),
    defineMethod({
      name: 'plugin.remove',
      about: 'Remove a plugin, with its data unless it is to be kept.',
      allow: 'owner',
      input: byId.extend({
        /** Keep the data: a later installation from the same author finds it. */
        keepData: z.boolean().default(false),
      }),
      output: revision,
      run: async ({ id, keepData }) => ({ rev: await confined().remove(id, keepData) }),
    }),
  ] as AnyMethod[];
}
