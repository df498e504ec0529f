/** `plugin.json`: what a plugin archive says of itself. Everything is known before any code of the plugin runs. */
import { z } from 'zod';
import { backupKindFacts } from '../backup-targets.ts';
import { id, packageId, relativePath } from '../ids.ts';
import { forbiddenKeys } from '../state.ts';
import { capability, type Capability } from './capabilities.ts';
import { objectShape, shape } from './shape.ts';

/** Plain files only; no empty part and none that a shell or server could take for something else. */
export const archivePath = relativePath
  .max(200)
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/, 'a path of plain names');

export const pluginVersion = z
  .string()
  .max(40)
  .regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/, 'three numbers, as in 1.0.0');

export const pluginMethod = z.strictObject({
  about: z.string().min(3).max(300),
  allow: z.enum(['viewer', 'admin', 'owner']),
  input: objectShape.optional(),
  output: shape.optional(),
});
export type PluginMethod = z.infer<typeof pluginMethod>;

const named = <T extends z.ZodType>(of: T, most: number) =>
  z.record(id.max(40), of).refine((rows) => Object.keys(rows).length <= most, `at most ${most}`);

export const pluginManifest = z
  .strictObject({
    /** Of this page; another number is another layout. */
    format: z.literal(1),
    id: packageId.refine((name) => !forbiddenKeys.has(name), 'a word that JavaScript keeps for itself'),
    title: z.string().min(1).max(60),
    version: pluginVersion,
    /** One sentence for the owner: what it is for. */
    about: z.string().min(10).max(300),
    author: z.string().max(100).optional(),
    /** The one script, bundled. */
    entry: archivePath,
    capabilities: z.array(capability).max(16),
    methods: named(pluginMethod, 32).optional(),
    /** The shape of the public state and what it is at first. */
    state: z.strictObject({ shape: objectShape, initial: z.record(z.string(), z.unknown()) }).optional(),
    jobs: named(z.strictObject({ title: z.string().min(3).max(100) }), 8).optional(),
    /** What it announces, and the shape of what goes with it. */
    events: named(objectShape, 16).optional(),
    /** Kinds of places for backups. */
    targets: named(backupKindFacts.omit({ id: true }).strict(), 4).optional(),
    panel: z.strictObject({ title: z.string().min(1).max(40), file: archivePath }).optional(),
  })
  .superRefine((plugin, context) => {
    const names = plugin.capabilities.map(({ capability: name }) => name);
    const asks = (name: Capability['capability']): boolean => names.includes(name);
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (new Set(names).size < names.length) refuse('capabilities', 'each capability may be asked for once');
    if (plugin.methods !== undefined && !asks('methods')) refuse('methods', 'they need the capability "methods"');
    if (plugin.state !== undefined && !asks('state')) refuse('state', 'it needs the capability "state"');
    if (plugin.jobs !== undefined && !asks('jobs')) refuse('jobs', 'they need the capability "jobs"');
    if (plugin.events !== undefined && !asks('events.emit')) refuse('events', 'they need the capability "events.emit"');
    if (plugin.targets !== undefined && !asks('backup.target'))
      refuse('targets', 'they need the capability "backup.target"');
    if (plugin.panel !== undefined && !asks('panel')) refuse('panel', 'it needs the capability "panel"');
  });
export type PluginManifest = z.infer<typeof pluginManifest>;

/** Name of the manifest within the archive. */
export const pluginManifestFile = 'plugin.json';
/** Bytes of a plugin archive. */
export const largestPlugin = 8 * 1024 * 1024;
