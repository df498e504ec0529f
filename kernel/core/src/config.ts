/**
 * The configuration: defaults < /etc/hearth/config.json < <data>/config.json < HEARTH_* < flags. Read once, frozen.
 *
 * The one schema of the product: the launcher reads it first, the kernel again. Unknown keys are refused wherever they stand. What the owner changes while it runs is state, not configuration. The
 * only reader of the environment.
 */
import { readFileSync } from 'node:fs';
import { type AnyPlugin, type HearthError, usualBackupFolders } from '@hearth/contract';
import { z } from 'zod';
import { type Leaf, leavesOf, parseLeaf, unwrap } from './config-leaves.ts';
import { errors } from './errors.ts';
import { logLevels } from './log.ts';

const folder = z
  .string()
  .startsWith('/')
  .max(1024)
  .refine((path) => !path.includes('\0') && !path.split('/').includes('..'), 'an absolute path without ".."')
  .overwrite((path) => path.replace(/\/+$/, '') || '/');
const port = z.number().int().min(1).max(65535);
const idBlock = /^[1-9]\d{4,9}:[1-9]\d{4,9}$/;

/** What `npm start` makes the machine ready by; the kernel itself reads none of it. */
const machineShape = {
  bridge: z
    .string()
    .regex(/^[a-z][a-z0-9]{0,11}$/, 'a lower-case name of at most 12 letters and digits')
    .default('hearth0')
    .describe('Bridge the services are on'),
  subnet: z
    .string()
    .regex(/^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){2}$/, 'three numbers, as in 10.0.3')
    .default('10.0.3')
    .describe("First three numbers of the bridge's addresses"),
  lxcPath: folder.default('/var/lib/lxc').describe('Folder of the containers'),
  containerPrefix: z
    .string()
    .regex(/^[a-z0-9-]{1,20}$/, 'lower-case letters, digits and hyphens')
    .default('hearth-')
    .describe('What container names begin with'),
  ids: z
    .string()
    .regex(idBlock, 'FIRST:COUNT')
    .refine((text) => text.split(':').every((part) => Number(part) >= 65_536), 'both at least 65536')
    .optional()
    .describe('First and count of the ids services are mapped to, as "1048576:16646144"; else from /etc/subuid'),
  backupFolders: z
    .array(folder)
    .default([...usualBackupFolders])
    .describe('Folders that backups may be kept in or beneath'),
  cache: folder.default('/var/cache/hearth').describe('Built images, kept between installs'),
} as const;

const kernelShape = {
  ...machineShape,
  data: folder.default('/var/lib/hearth').describe('Where everything is kept'),
  run: folder.default('/run/hearth').describe('Sockets and other things of this boot'),
  runtime: folder.default('/var/lib/hearth/runtime/current').describe('The running release, read-only'),
  port: port.default(8443).describe('Port of the web interface and the API (https)'),
  httpPort: port.default(8080).describe('Port that leads there (http)'),
  hosts: z
    .array(z.string().max(253))
    .default([])
    .describe('Further names the web interface answers to, with the port if it is another: "home.example.org:443"'),
  deadlineScale: z
    .number()
    .min(0.01)
    .max(100)
    .default(1)
    .describe('Multiplies every deadline; 10 on emulated machines'),
  logLevel: z.enum(logLevels).default('info').describe('The least important lines the log keeps'),
  stopMs: z.number().int().min(100).max(600_000).default(12_000).describe('Milliseconds a graceful stop may take'),
  uploadLimit: z.number().int().positive().default(34_359_738_368).describe('Bytes of the largest file one may upload'),
  feedSockets: z.number().int().min(1).max(10_000).default(256).describe('Feeds that may be open at once'),
} as const;

export type KernelConfig = Readonly<z.output<z.ZodObject<typeof kernelShape>>> & {
  /** One validated branch per plugin, by id. */
  readonly plugins: Readonly<Record<string, unknown>>;
};

export interface ConfigSources {
  readonly plugins?: readonly Pick<AnyPlugin, 'id' | 'config'>[];
  /** `--http-port 8080`, `--http-port=8080`. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The file before `<data>/config.json`. */
  readonly systemFile?: string;
}

/** Variables of the command line and of the tests. */
const others = /^HEARTH_(SOCKET|SERVER|DEEP|TEST_[A-Z_]+)$/;

interface Layer {
  readonly source: string;
  readonly values: Record<string, unknown>;
}

/** Throws `kernel.configUnreadable`, `kernel.configInvalid` with the key and where it stands. */
export function loadConfig(sources: ConfigSources = {}): KernelConfig {
  const schema = schemaOf(sources.plugins ?? []);
  const leaves = leavesOf(schema);
  const system = fileLayer(sources.systemFile ?? '/etc/hearth/config.json');
  const environment = environmentLayer(leaves, sources.environment ?? process.env);
  const flags = flagLayer(leaves, sources.flags ?? []);
  const data = [flags, environment, system].map((layer) => layer.values['data']).find((value) => value !== undefined);
  const own = fileLayer(`${typeof data === 'string' ? data : '/var/lib/hearth'}/config.json`);
  if ('data' in own.values)
    throw errors.configInvalid({ key: 'data', source: own.source, reason: 'a file in the data folder cannot move it' });
  const layers = [system, own, environment, flags];
  const result = schema.safeParse(layers.reduce((all, layer) => merge(all, layer.values), {}));
  if (result.success) return freeze(result.data) as KernelConfig;
  throw explain(result.error, layers);
}

/** The first thing that is wrong, and which layer said so. */
function explain(error: z.ZodError, layers: readonly Layer[]): HearthError {
  const issue = error.issues[0];
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  return errors.configInvalid({
    key: path.join('.'),
    source: layers.findLast((layer) => has(layer.values, path))?.source ?? 'its defaults',
    reason: issue?.message ?? 'Invalid',
  });
}

/** One line per key: its names in file, environment and flags, its default, what it is for. */
export function configReference(plugins: ConfigSources['plugins'] = []): string {
  const rows = leavesOf(schemaOf(plugins)).map((leaf) => {
    const fallback = leaf.fallback === undefined ? '' : ` (${JSON.stringify(leaf.fallback)})`;
    return `${leaf.path.join('.').padEnd(34)} ${leaf.variable.padEnd(42)} --${leaf.flag.padEnd(40)} ${leaf.about}${fallback}`;
  });
  return `${rows.join('\n')}\n`;
}

function schemaOf(plugins: NonNullable<ConfigSources['plugins']>): z.ZodObject {
  const branches = plugins.map(({ id, config }) => {
    const bare = unwrap((config as z.ZodType | undefined) ?? z.object({}));
    return [id, (bare instanceof z.ZodObject ? bare.strict() : bare).prefault({})] as const;
  });
  return z.strictObject({ ...kernelShape, plugins: z.strictObject(Object.fromEntries(branches)).prefault({}) });
}

function fileLayer(file: string): Layer {
  const source = `file "${file}"`;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { source, values: {} };
    throw errors.configUnreadable({ file, reason: (error as Error).message }, error);
  }
  try {
    const values: unknown = JSON.parse(text);
    if (typeof values === 'object' && values !== null && !Array.isArray(values))
      return { source, values: values as Record<string, unknown> };
  } catch (error) {
    throw errors.configUnreadable({ file, reason: (error as Error).message }, error);
  }
  throw errors.configUnreadable({ file, reason: 'it is no JSON object' });
}

function environmentLayer(leaves: readonly Leaf[], environment: Readonly<Record<string, string | undefined>>): Layer {
  const source = 'the environment';
  const values: Record<string, unknown> = {};
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('HEARTH_') || text === undefined) continue;
    if (others.test(variable)) continue;
    const leaf = leaves.find((candidate) => candidate.variable === variable);
    if (leaf === undefined) throw errors.configInvalid({ key: variable, source, reason: 'no such key' });
    put(values, leaf.path, parseLeaf(leaf, text, source));
  }
  return { source, values };
}

function flagLayer(leaves: readonly Leaf[], args: readonly string[]): Layer {
  const source = 'the flags';
  const values: Record<string, unknown> = {};
  for (let at = 0; at < args.length; at++) {
    const [flag = '', inline] = (args[at] ?? '').split(/=(.*)/s);
    const leaf = leaves.find((candidate) => `--${candidate.flag}` === flag);
    if (leaf === undefined) throw errors.configInvalid({ key: flag, source, reason: 'no such flag' });
    const text = inline ?? args[++at];
    if (text === undefined) throw errors.configInvalid({ key: flag, source, reason: 'a value must follow' });
    put(values, leaf.path, parseLeaf(leaf, text, source));
  }
  return { source, values };
}

function put(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) values[first] = value;
  else put((values[first] ??= {}) as Record<string, unknown>, rest, value);
}

function has(values: unknown, path: readonly PropertyKey[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  return isBranch(values) && Object.hasOwn(values, first) && has(values[String(first)], rest);
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(under: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isBranch(below) && isBranch(value) ? merge(below, value) : value;
  }
  return merged;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) freeze(item);
    Object.freeze(value);
  }
  return value;
}
