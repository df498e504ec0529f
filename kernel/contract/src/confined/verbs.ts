/**
 * What a confined plugin may ask of the kernel: the whole list. Each verb belongs to one capability, and the kernel looks
 * in this table before it does anything.
 */
import { z } from 'zod';
import { freeId, id, packageId } from '../ids.ts';
import { pluginHostname } from '../network.ts';
import { healthEntry } from '../service.ts';
import type { CapabilityName } from './capabilities.ts';
import { dataKey } from './shape.ts';

const nothing = z.strictObject({});
const ok = z.null();
const plain = z.json();
const storageKey = z.string().min(1).max(200);

export const publicService = z.object({
  id: packageId,
  title: z.string(),
  version: z.string(),
  desired: z.string(),
  actual: z.string(),
  reason: z.string(),
  since: z.number(),
  health: z.record(z.string(), healthEntry),
});
export type PublicService = z.infer<typeof publicService>;

const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9-]+$/);

export const confinedVerbs = {
  'state.write': { capability: 'state', input: z.strictObject({ value: z.record(z.string(), plain) }), output: ok },
  'storage.get': { capability: 'storage', input: z.strictObject({ key: storageKey }), output: plain },
  'storage.set': { capability: 'storage', input: z.strictObject({ key: storageKey, value: plain }), output: ok },
  'storage.delete': { capability: 'storage', input: z.strictObject({ key: storageKey }), output: ok },
  'storage.keys': { capability: 'storage', input: nothing, output: z.array(z.string()) },
  /** Wakes the plugin by `name`, once or again and again. */
  'timers.set': {
    capability: 'timers',
    input: z.strictObject({ name: id, seconds: z.number().min(1).max(31_536_000), again: z.boolean().default(false) }),
    output: ok,
  },
  'timers.clear': { capability: 'timers', input: z.strictObject({ name: id }), output: ok },
  'jobs.start': {
    capability: 'jobs',
    input: z.strictObject({ name: id, input: plain.optional() }),
    output: z.object({ job: z.string() }),
  },
  /** Of a job of its own that runs. */
  'jobs.progress': {
    capability: 'jobs',
    input: z.strictObject({
      job: z.string().max(100),
      done: z.number().min(0),
      total: z.number().min(0).nullable(),
      say: z.string().max(100).optional(),
    }),
    output: ok,
  },
  'notifications.send': {
    capability: 'notifications',
    input: z.strictObject({
      level: z.enum(['success', 'info', 'warning', 'error']),
      title: z.string().min(1).max(100),
      message: z.string().max(1000),
    }),
    output: ok,
  },
  'health.report': {
    capability: 'health',
    input: z.strictObject({
      check: id,
      name: z.string().min(1).max(100),
      result: z.enum(['success', 'failure', 'starting', 'disabled']),
      message: z.string().max(500).nullable(),
    }),
    output: ok,
  },
  'health.clear': { capability: 'health', input: z.strictObject({ check: id }), output: ok },
  'server.read': {
    capability: 'server.read',
    input: nothing,
    output: z.object({ name: z.string(), hostname: z.string(), version: z.string() }),
  },
  'services.list': { capability: 'services.read', input: nothing, output: z.array(publicService) },
  'services.read': {
    capability: 'services.read',
    input: z.strictObject({ id: packageId }),
    output: publicService.nullable(),
  },
  'services.addresses': {
    capability: 'services.addresses',
    input: z.strictObject({ id: packageId }),
    output: z.array(z.object({ interface: z.string(), name: z.string(), urls: z.array(z.string()) })),
  },
  /** All that there should be: what is not among them any more goes. */
  'services.giveAddresses': {
    capability: 'services.give-addresses',
    input: z.strictObject({
      addresses: z
        .array(
          z.strictObject({
            id: packageId,
            interface: freeId,
            hostname: pluginHostname,
            /** Null: the usual one of the scheme. */
            port: z.number().int().min(1).max(65_535).nullable().default(null),
            encrypted: z.boolean().default(false),
            public: z.boolean().default(false),
          }),
        )
        .max(256),
    }),
    output: ok,
  },
  'services.move': {
    capability: 'services.control',
    input: z.strictObject({ id: packageId, move: z.enum(['start', 'stop', 'restart']) }),
    output: ok,
  },
  'events.emit': {
    capability: 'events.emit',
    input: z.strictObject({ name: id, value: z.record(dataKey, plain) }),
    output: ok,
  },
  'network.fetch': {
    capability: 'network.fetch',
    input: z.strictObject({
      url: z.string().max(4000),
      method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
      headers: z.record(headerName, z.string().max(4000)).default({}),
      body: z.string().max(262_144).nullable().default(null),
      /** Whether the answer comes as base64 instead of text. */
      binary: z.boolean().default(false),
    }),
    output: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }),
  },
  /** On behalf of one operation on a place for backups; the bytes of the blob go past the plugin. */
  'backup.fetch': {
    capability: 'backup.target',
    input: z.strictObject({
      operation: z.string().max(64),
      url: z.string().max(4000),
      method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'MKCOL', 'MOVE']).default('GET'),
      headers: z.record(headerName, z.string().max(4000)).default({}),
      body: z.string().max(262_144).nullable().default(null),
      /** `send`: the blob is the body. `receive`: the body of a good answer is the blob. */
      blob: z.enum(['send', 'receive']).nullable().default(null),
    }),
    output: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }),
  },
} as const satisfies Record<string, { capability: CapabilityName; input: z.ZodType; output: z.ZodType }>;

export type ConfinedVerb = keyof typeof confinedVerbs;
export type ConfinedInput<V extends ConfinedVerb> = z.input<(typeof confinedVerbs)[V]['input']>;
export type ConfinedParsed<V extends ConfinedVerb> = z.output<(typeof confinedVerbs)[V]['input']>;
export type ConfinedOutput<V extends ConfinedVerb> = z.output<(typeof confinedVerbs)[V]['output']>;
