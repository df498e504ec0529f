/** The keys of the configuration as a flat list: how each is called in file, environment and flags. */
import { z } from 'zod';
import { errors } from './errors.ts';

export interface Leaf {
  /** `['plugins', 'network', 'mdns']`. */
  readonly path: readonly string[];
  /** `HEARTH_PLUGINS_NETWORK_MDNS`. */
  readonly variable: string;
  /** `plugins-network-mdns`. */
  readonly flag: string;
  readonly about: string;
  readonly fallback: unknown;
  readonly type: string;
}

export function leavesOf(schema: z.ZodType, path: readonly string[] = []): readonly Leaf[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) {
    return Object.entries(bare.shape).flatMap(([key, child]) => leavesOf(child as z.ZodType, [...path, key]));
  }
  const words = path.flatMap((part) => part.replaceAll(/[A-Z]/g, (letter) => `-${letter}`).split('-'));
  return [
    {
      path,
      variable: `HEARTH_${words.join('_').toUpperCase()}`,
      flag: words.join('-').toLowerCase(),
      about: schema.description ?? bare.description ?? '',
      fallback: schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined,
      type: bare.def.type,
    },
  ];
}

/** A value as text names it: numbers and booleans as they are, lists by commas or as JSON, everything deeper as JSON. */
export function parseLeaf(leaf: Leaf, text: string, source: string): unknown {
  switch (leaf.type) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'string':
    case 'enum':
    case 'literal':
      return text;
    case 'array':
      if (!text.startsWith('[')) return text === '' ? [] : text.split(',');
      break;
    default:
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw errors.configInvalid({ key: leaf.path.join('.'), source, reason: 'it must be JSON' }, error);
  }
}

/** Without its default and the like. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  )
    return unwrap(schema.def.innerType as z.ZodType);
  return schema;
}
