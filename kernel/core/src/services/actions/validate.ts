/**
 * Checks what an action is to be run with against the form its script drew, before the script sees it.
 *
 * The form comes from a package: what is unknown in it is let pass, what is known is held to. Answers the problems found,
 * each with its path; values are never part of one, for they may be secrets.
 */
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';

export interface Problem {
  /** `users.0.name`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

type Spec = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, unknown>>;
type Check = (spec: Spec, value: unknown, path: string, before: unknown, depth: number) => Problem[];

const maximumDepth = 32;
const maximumProblems = 50;
/** A stranger's expression gets this long for one text. */
const matchMs = 50;

/** @param before what the action would have been run with: fields that may not be changed are compared with it */
export function problemsOf(form: Spec, input: unknown, before: Values | null = null): readonly Problem[] {
  return fields(form, input, '', before, 0).slice(0, maximumProblems);
}

function fields(form: Spec, input: unknown, path: string, before: unknown, depth: number): Problem[] {
  if (!isRecord(input)) return [{ path, message: 'must be an object' }];
  if (depth > maximumDepth) return [{ path, message: 'is nested too deep' }];
  const known = isRecord(before) ? before : {};
  return Object.entries(form).flatMap(([key, spec]) =>
    isRecord(spec)
      ? field(spec, own(input, key), path === '' ? key : `${path}.${key}`, own(known, key), depth + 1)
      : [],
  );
}

function field(spec: Spec, value: unknown, path: string, before: unknown, depth: number): Problem[] {
  const check = checks[String(spec['type'])];
  if (check === undefined) return [];
  // A form shows what a field begins with where nothing was set, and sends it back.
  const was = before === undefined ? spec['default'] : before;
  const unchanged = was !== undefined && isDeepStrictEqual(value ?? null, was ?? null);
  if (!unchanged && typeof spec['disabled'] === 'string' && value !== undefined && value !== null)
    return [{ path, message: `cannot be changed: ${spec['disabled']}` }];
  if (!unchanged && spec['immutable'] === true && before !== undefined && before !== null)
    return [{ path, message: 'cannot be changed once it is set' }];
  return check(spec, value ?? null, path, before, depth);
}

const absent = (spec: Spec, path: string): Problem[] =>
  spec['required'] === true ? [{ path, message: 'is required' }] : [];

const text: Check = (spec, value, path) => {
  if (value === null) return absent(spec, path);
  if (typeof value !== 'string') return [{ path, message: 'must be a text' }];
  if (value === '' && spec['required'] === true) return [{ path, message: 'is required' }];
  return [...lengthOf(spec, value.length, path, 'characters'), ...patterns(spec, value, path)];
};

function lengthOf(spec: Spec, length: number, path: string, what: string): Problem[] {
  const { minLength, maxLength } = spec;
  if (typeof minLength === 'number' && length < minLength)
    return [{ path, message: `must have at least ${minLength} ${what}` }];
  if (typeof maxLength === 'number' && length > maxLength)
    return [{ path, message: `must have at most ${maxLength} ${what}` }];
  return [];
}

function patterns(spec: Spec, value: string, path: string): Problem[] {
  if (!Array.isArray(spec['patterns'])) return [];
  return spec['patterns'].flatMap((pattern: unknown) => {
    if (!isRecord(pattern) || typeof pattern['regex'] !== 'string') return [];
    if (matched(pattern['regex'], value) !== false) return [];
    const { description } = pattern;
    return [{ path, message: typeof description === 'string' && description !== '' ? description : 'is not valid' }];
  });
}

/** Null where it cannot be told: no expression, or one that takes for ever. The script then looks at it itself. */
function matched(source: string, value: string): boolean | null {
  try {
    return runInNewContext('new RegExp(source).test(value)', { source, value }, { timeout: matchMs }) as boolean;
  } catch {
    return null;
  }
}

const number: Check = (spec, value, path, before) => {
  if (value === null) return absent(spec, path);
  if (typeof value !== 'number' || !Number.isFinite(value)) return [{ path, message: 'must be a number' }];
  const { min, max, integer, step } = spec;
  if (typeof min === 'number' && value < min) return [{ path, message: `must be at least ${min}` }];
  if (typeof max === 'number' && value > max) return [{ path, message: `must be at most ${max}` }];
  if (integer === true && !Number.isInteger(value)) return [{ path, message: 'must be a whole number' }];
  if (
    typeof step === 'number' &&
    step > 0 &&
    value !== before &&
    !isStep(value - (typeof min === 'number' ? min : 0), step)
  )
    return [{ path, message: `must go up in steps of ${step}` }];
  return [];
};

const isStep = (distance: number, step: number): boolean =>
  Math.abs(distance / step - Math.round(distance / step)) < 1e-9;

const color: Check = (spec, value, path) => {
  if (value === null) return absent(spec, path);
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value) ? [] : [{ path, message: 'must be a colour' }];
};

const moments: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  time: /^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/,
  'datetime-local': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/,
};

const datetime: Check = (spec, value, path) => {
  if (value === null) return absent(spec, path);
  const shape = moments[String(spec['inputmode'])] ?? moments['datetime-local'];
  if (typeof value !== 'string' || shape?.test(value) !== true) return [{ path, message: 'must be a date or time' }];
  const { min, max } = spec;
  // All three are written so that their order is that of their texts.
  if (typeof min === 'string' && value < min) return [{ path, message: `must not be before ${min}` }];
  if (typeof max === 'string' && value > max) return [{ path, message: `must not be after ${max}` }];
  return [];
};

const toggle: Check = (_spec, value, path) =>
  typeof value === 'boolean' ? [] : [{ path, message: 'must be on or off' }];
const triState: Check = (_spec, value, path) =>
  value === null || typeof value === 'boolean' ? [] : [{ path, message: 'must be on, off or neither' }];

const select: Check = (spec, value, path, before) => option(spec, spec['values'], value, path, before);

function option(spec: Spec, offered: unknown, value: unknown, path: string, before: unknown): Problem[] {
  if (typeof value !== 'string' || !isRecord(offered) || !Object.hasOwn(offered, value))
    return [{ path, message: 'must be one of those offered' }];
  const off = Array.isArray(spec['disabled']) && spec['disabled'].includes(value) && value !== before;
  return off ? [{ path, message: 'must be one of those that can be chosen now' }] : [];
}

const multiselect: Check = (spec, value, path, before) => {
  if (!Array.isArray(value)) return [{ path, message: 'must be a list' }];
  const chosen: readonly unknown[] = value;
  if (new Set(chosen).size !== chosen.length) return [{ path, message: 'must not hold anything twice' }];
  const had: readonly unknown[] = Array.isArray(before) ? before : [];
  return [
    ...lengthOf(spec, chosen.length, path, 'of them'),
    ...chosen.flatMap((one, place) =>
      option(spec, spec['values'], one, `${path}.${place}`, had.includes(one) ? one : undefined),
    ),
  ];
};

const list: Check = (spec, value, path, _before, depth) => {
  if (!Array.isArray(value)) return [{ path, message: 'must be a list' }];
  const items: readonly unknown[] = value;
  const found = lengthOf(spec, items.length, path, 'entries');
  const { spec: item } = spec;
  if (found.length > 0 || !isRecord(item)) return found;
  if (item['type'] === 'text')
    return items.flatMap((one, place) => text({ ...item, required: true }, one, `${path}.${place}`, null, depth));
  if (item['type'] !== 'object' || !isRecord(item['spec'])) return [];
  const form = item['spec'];
  const inner = items.flatMap((one, place) => fields(form, one, `${path}.${place}`, null, depth));
  const twice = items.findIndex((one, place) =>
    items.slice(0, place).some((other) => same(item['uniqueBy'], one, other)),
  );
  return twice < 0 ? inner : [...inner, { path: `${path}.${twice}`, message: 'is there twice' }];
};

/** Whether two entries count as one: by a field, by any of some, or by all of some. */
function same(by: unknown, one: unknown, other: unknown): boolean {
  if (!isRecord(one) || !isRecord(other)) return false;
  if (typeof by === 'string') return one[by] !== undefined && isDeepStrictEqual(one[by], other[by]);
  if (!isRecord(by)) return false;
  const { any, all } = by;
  if (Array.isArray(any)) return any.some((each) => same(each, one, other));
  return Array.isArray(all) && all.length > 0 && all.every((each) => same(each, one, other));
}

const object: Check = (spec, value, path, before, depth) =>
  isRecord(spec['spec']) ? fields(spec['spec'], value, path, before, depth) : [];

const union: Check = (spec, value, path, before, depth) => {
  if (!isRecord(value)) return [{ path, message: 'must be one of those offered' }];
  const { selection } = value;
  const had = isRecord(before) ? before['selection'] : undefined;
  const found = option(spec, spec['variants'], selection, `${path}.selection`, had);
  const variant = isRecord(spec['variants']) && typeof selection === 'string' ? spec['variants'][selection] : null;
  if (found.length > 0 || !isRecord(variant) || !isRecord(variant['spec'])) return found;
  const known = isRecord(before) && had === selection ? before['value'] : null;
  return fields(variant['spec'], value['value'] ?? {}, `${path}.value`, known, depth);
};

const file: Check = (spec, value, path) => {
  if (value === null) return absent(spec, path);
  return isRecord(value) || typeof value === 'string' ? [] : [{ path, message: 'must be a file' }];
};

const checks: Readonly<Record<string, Check>> = {
  text,
  textarea: text,
  number,
  color,
  datetime,
  toggle,
  triState,
  select,
  multiselect,
  list,
  object,
  union,
  file,
  hidden: () => [],
};

function own(values: Values, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
