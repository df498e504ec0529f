/** The form of an action on a command line: what stands in it, and `path=text` put into it, by the kind of each field. */
import { randomInt } from 'node:crypto';
import type { HearthError } from '@hearth/contract';
import { errors } from './errors.ts';

export type Field = Readonly<Record<string, unknown>>;
export type Spec = Readonly<Record<string, Field>>;
type Value = Record<string, unknown>;

/** What an action would be run with: what the package has set, else what each field begins with. */
export function startValue(spec: Spec, value: unknown): Value {
  const given = recordOf(value);
  const made = Object.entries(spec).map(([key, field]): [string, unknown] => [key, startOf(field, given[key])]);
  return Object.fromEntries(made.filter(([, one]) => one !== undefined));
}

function startOf(field: Field, value: unknown): unknown {
  switch (field['type']) {
    case 'object':
      return startValue(specOf(field), value);
    case 'union': {
      const { selection = field['default'] ?? null, value: inner } = recordOf(value);
      return { selection, value: startValue(variantOf(field, selection), inner) };
    }
    case 'list':
    case 'multiselect':
      return Array.isArray(value) ? value : (field['default'] ?? []);
    case 'hidden':
    case 'file':
      return value;
    case 'toggle':
      return value ?? field['default'] ?? false;
    default:
      return value ?? textOf(field['default']);
  }
}

/** A default may be a recipe for a random text. */
function textOf(initial: unknown): unknown {
  const { charset, len } = recordOf(initial);
  if (typeof charset !== 'string' || typeof len !== 'number') return initial ?? null;
  const letters = charset.split(',').flatMap((part) => {
    const [, from, to] = /^(.)-(.)$/u.exec(part) ?? [];
    if (from === undefined || to === undefined) return Array.from(part);
    const [first, last] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, step) => String.fromCodePoint(first + step));
  });
  return letters.length === 0 ? '' : Array.from({ length: len }, () => letters[randomInt(letters.length)]).join('');
}

export interface Leaf {
  /** `network.port`. */
  readonly path: string;
  readonly field: Field;
  readonly value: unknown;
}

/** Every field that can be set, with what stands in it; of a union, the chosen way and its fields. */
export function leavesOf(spec: Spec, value: unknown, above = ''): readonly Leaf[] {
  const given = recordOf(value);
  return Object.entries(spec).flatMap(([key, field]): readonly Leaf[] => {
    const path = above === '' ? key : `${above}.${key}`;
    if (field['type'] === 'object') return leavesOf(specOf(field), given[key], path);
    if (field['type'] !== 'union') return [{ path, field, value: given[key] }];
    const { selection, value: inner } = recordOf(given[key]);
    return [{ path, field, value: selection }, ...leavesOf(variantOf(field, selection), inner, path)];
  });
}

/** @param make what goes into the field at that path; of a union, which way. @throws cli.badField */
export function setField(spec: Spec, value: Value, path: string, make: (field: Field) => unknown): void {
  const [key = '', ...rest] = path.split('.');
  const inner = rest.join('.');
  const field = Object.hasOwn(spec, key) ? spec[key] : undefined;
  if (field === undefined)
    throw errors.badField({ path, reason: `there is none; there are ${Object.keys(spec).join(', ')}` });
  if (field['type'] === 'union') setUnion(field, value, key, inner, make);
  else if (inner === '') value[key] = make(field);
  else if (field['type'] === 'object') setField(specOf(field), (value[key] = recordOf(value[key])), inner, make);
  else throw errors.badField({ path, reason: `"${key}" has no parts` });
}

function setUnion(field: Field, value: Value, key: string, inner: string, make: (field: Field) => unknown): void {
  const { selection, value: chosen } = recordOf(value[key]);
  if (inner === '') {
    const way = make(field);
    value[key] = { selection: way, value: startValue(variantOf(field, way), null) };
    return;
  }
  const part = recordOf(chosen);
  value[key] = { selection, value: part };
  setField(variantOf(field, selection), part, inner, make);
}

const yes = new Set(['true', 'on', 'yes']);
const no = new Set(['false', 'off', 'no']);

type Read = (field: Field, path: string, text: string) => unknown;

const plain: Read = (_, __, text) => (text === '' ? null : text);

const readers: Readonly<Record<string, Read>> = {
  number: (_, path, text) => {
    if (text === '') return null;
    if (Number.isNaN(Number(text))) throw errors.badField({ path, reason: 'a number is needed' });
    return Number(text);
  },
  toggle: (_, path, text) => {
    if (yes.has(text) || no.has(text)) return yes.has(text);
    throw errors.badField({ path, reason: 'on or off' });
  },
  triState: (_, path, text) => {
    if (text === 'none' || text === '') return null;
    if (yes.has(text) || no.has(text)) return yes.has(text);
    throw errors.badField({ path, reason: 'on, off or none' });
  },
  select: (field, path, text) => {
    if (!Object.hasOwn(recordOf(field['values']), text)) throw wrongChoice(path, field['values']);
    return text;
  },
  union: (field, path, text) => {
    if (!Object.hasOwn(recordOf(field['variants']), text)) throw wrongChoice(path, field['variants']);
    return text;
  },
  multiselect: (_, path, text) => readList(path, text),
  list: (_, path, text) => readList(path, text),
  object: (_, path, text) => readJson(path, text),
  hidden: (_, path, text) => readJson(path, text),
};

/** What a text on the command line means in a field of its kind. @throws cli.badField */
export function readValue(field: Field, path: string, text: string): unknown {
  return (readers[String(field['type'])] ?? plain)(field, path, text);
}

/** JSON, or texts with commas between them. */
function readList(path: string, text: string): unknown {
  if (text.trimStart().startsWith('[')) return readJson(path, text);
  return text === '' ? [] : text.split(',').map((part) => part.trim());
}

function readJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw errors.badField({ path, reason: 'JSON is needed' }, cause);
  }
}

function wrongChoice(path: string, choices: unknown): HearthError {
  return errors.badField({ path, reason: `one of ${Object.keys(recordOf(choices)).join(', ')}` });
}

function specOf(field: Field): Spec {
  return recordOf(field['spec']) as Spec;
}

function variantOf(field: Field, selection: unknown): Spec {
  const variants = recordOf(field['variants']);
  const variant = typeof selection === 'string' && Object.hasOwn(variants, selection) ? variants[selection] : undefined;
  return specOf(recordOf(variant));
}

export function recordOf(value: unknown): Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Value) : {};
}
