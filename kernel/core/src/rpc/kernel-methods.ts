/** Methods of the kernel itself; those of jobs and services stand beside them. */
import { type AnyMethod, bootSlice, defineMethod, instant } from '@hearth/contract';
import { z } from 'zod';
import type { Audit } from '../audit/audit.ts';
import { auditRow } from '../audit/chain.ts';
import { rpcErrors } from '../errors.ts';
import { pointerPath } from '../state/pointer.ts';
import { valueAt } from '../state/plain.ts';
import type { ServerPart } from '../server.ts';
import { type RecoveryParts, recoveryMethods } from '../recovery/methods.ts';
import type { Store } from '../state/store.ts';

const bootRow = bootSlice.shape.plugins.element;

export interface KernelMethodParts {
  readonly store: Store;
  readonly server: ServerPart;
  readonly audit: Audit;
  readonly recovery: RecoveryParts;
  /** For root to read to whoever stands before the page; null while the accounts are up. */
  readonly rescueCode: () => string | null;
}

export function kernelMethods({ store, server, audit, recovery, rescueCode }: KernelMethodParts): readonly AnyMethod[] {
  return [
    ...recoveryMethods(recovery),
    defineMethod({
      name: 'echo',
      about: 'Answer what was sent, to see whether the server is there',
      allow: 'anyone',
      input: z.object({ message: z.string().max(4096) }),
      output: z.object({ message: z.string() }),
      examples: [{ input: { message: 'hello' }, output: { message: 'hello' } }],
      run: ({ message }) => ({ message }),
    }),
    defineMethod({
      name: 'server.status',
      about: 'Tell how the server is called and how it does',
      allow: 'anyone',
      input: z.object({}),
      output: z.object({
        name: z.string(),
        hostname: z.string(),
        setUp: z.boolean(),
        version: z.string(),
        startedAt: instant,
        mode: bootSlice.shape.mode,
        rev: z.number(),
        /** Every plugin for those who are signed in; the failed ones alone for others. */
        plugins: z.array(bootRow),
        /** What the page asks for while the accounts are not up; told to root alone. */
        rescueCode: z.string().nullable(),
      }),
      run: (_, { principal }) => {
        const { name, hostname, setUp, version, startedAt } = server.read();
        const { mode, plugins } = server.boot();
        const trusted = principal.kind === 'user' || principal.kind === 'root';
        const shown = trusted ? plugins : plugins.filter((row) => row.outcome !== 'ok');
        const code = principal.kind === 'root' ? rescueCode() : null;
        const rest = { name, hostname, setUp, version, startedAt, mode, rev: store.rev };
        return { ...rest, plugins: [...shown], rescueCode: code };
      },
    }),
    defineMethod({
      name: 'db.dump',
      about: 'Print the public state, or the part of it a JSON pointer names',
      allow: 'viewer',
      input: z.object({ pointer: z.string().max(4096).default('') }),
      output: z.object({ rev: z.number(), value: z.unknown() }),
      examples: [{ input: { pointer: '/server/name' }, output: { rev: 7, value: 'Family Server' } }],
      run: ({ pointer }) => {
        const { rev, value } = store.snapshot();
        const found = valueAt(value, pointerPath(pointer));
        if (found === undefined) throw rpcErrors.noPointer({ pointer });
        return { rev, value: found };
      },
    }),
    defineMethod({
      name: 'db.history',
      about: 'List the latest changes of the state: who, when, which part, why',
      allow: 'admin',
      input: z.object({ before: z.number().int().optional(), limit: z.number().int().min(1).max(1000).default(50) }),
      output: z.object({
        rows: z.array(
          z.object({
            seq: z.number(),
            at: instant,
            /** Null for what the kernel did by itself. */
            by: z.string().nullable(),
            slice: z.string(),
            reason: z.string(),
            paths: z.array(z.string()),
          }),
        ),
      }),
      run: async ({ before, limit }) => {
        const rows = await store.history({ limit, ...(before === undefined ? {} : { before }) });
        return {
          rows: rows.map(({ ops, by = null, ...row }) => ({
            ...row,
            by,
            paths: ops.map(([path]) => `/${path.map(escape).join('/')}`),
          })),
        };
      },
    }),
    defineMethod({
      name: 'audit.list',
      about: 'List who called what that changes something, the latest first, and whether the log is as it was written',
      allow: 'owner',
      input: z.object({ before: z.number().int().optional(), limit: z.number().int().min(1).max(1000).default(50) }),
      output: z.object({ rows: z.array(auditRow), intact: z.boolean() }),
      run: async (options) => {
        const { rows, intact } = await audit.read(options);
        return { rows: [...rows], intact };
      },
    }),
  ] as AnyMethod[];
}

function escape(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}
