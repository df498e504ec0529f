/** The kinds of questions an action can ask, one function each. */
import type { AddressPlace, InterfacePlace } from './address-provider.ts';
import type { AnyContext } from './context.ts';
import {
  type Field,
  type Fields,
  isRecord,
  type Maybe,
  maybe,
  readFields,
  readText,
  specOf,
  type TextRules,
  type Values,
  type Wording,
  wording,
} from './input.ts';

/** Letters of a value that can be made by pressing a button: ranges as in `a-z,A-Z,0-9`. */
export interface Generate {
  readonly charset: string;
  readonly len: number;
}

type Optional = Wording & { readonly required?: boolean };

/** One line. */
export function text<
  const O extends Optional &
    TextRules & {
      readonly default?: string | Generate;
      readonly masked?: boolean;
      readonly placeholder?: string;
      readonly inputmode?: 'text' | 'email' | 'tel' | 'url';
      readonly generate?: Generate;
    },
>(options: O): Field<Maybe<string, O>> {
  const { masked = false, placeholder = null, inputmode = 'text', generate = null } = options;
  const spec = { type: 'text', default: options.default ?? null, masked, placeholder, inputmode, generate };
  return maybe(options, { ...spec, ...limits(options) }, (value, label) => readText(value, label, options));
}

/** Several lines. */
export function textarea<
  const O extends Optional &
    TextRules & { readonly default?: string; readonly placeholder?: string; readonly minRows?: number },
>(options: O): Field<Maybe<string, O>> {
  const { placeholder = null, minRows = 3 } = options;
  const spec = { type: 'textarea', default: options.default ?? null, placeholder, minRows, maxRows: 20 };
  return maybe(options, { ...spec, ...limits(options) }, (value, label) => readText(value, label, options));
}

/** A number within bounds, which both count as within. */
export function number<
  const O extends Optional & {
    readonly default?: number;
    readonly min?: number;
    readonly max?: number;
    readonly integer?: boolean;
    readonly step?: number;
    readonly units?: string;
    readonly placeholder?: string;
  },
>(options: O): Field<Maybe<number, O>> {
  const { min = null, max = null, integer = false, step = null, units = null, placeholder = null } = options;
  const spec = { type: 'number', default: options.default ?? null, min, max, integer, step, units, placeholder };
  return maybe(options, spec, (value, label) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${label} must be a number`);
    if (integer && !Number.isInteger(value)) throw new Error(`${label} must be a whole number`);
    if (min !== null && value < min) throw new Error(`${label} must be at least ${min}`);
    if (max !== null && value > max) throw new Error(`${label} must be at most ${max}`);
    return value;
  });
}

/** Yes or no. */
export function toggle(options: Wording & { readonly default: boolean }): Field<boolean> {
  return {
    spec: { ...wording(options), type: 'toggle', default: options.default },
    read(value, label) {
      const given = value ?? options.default;
      if (typeof given !== 'boolean') throw new Error(`${label} must be on or off`);
      return given;
    },
  };
}

/** Yes, no, or not said: null. */
export function triState(options: Wording & { readonly default?: boolean | null }): Field<boolean | null> {
  return {
    spec: { ...wording(options), type: 'triState', default: options.default ?? null },
    read(value, label) {
      const given = value === undefined ? (options.default ?? null) : value;
      if (given !== null && typeof given !== 'boolean') throw new Error(`${label} must be on, off or open`);
      return given;
    },
  };
}

/** A colour as `#rrggbb`. */
export function color<const O extends Optional & { readonly default?: string }>(options: O): Field<Maybe<string, O>> {
  const patterns = [{ regex: '#[0-9a-fA-F]{6}', description: 'a colour is written as #1a2b3c' }];
  const spec = { type: 'color', default: options.default ?? null };
  return maybe(options, spec, (value, label) => readText(value, label, { patterns }));
}

/** A day, a time, or both, as HTML writes them: `2026-01-31`, `18:30`, `2026-01-31T18:30`. */
export function datetime<
  const O extends Optional & {
    readonly default?: string;
    readonly inputmode?: 'date' | 'time' | 'datetime-local';
    readonly min?: string;
    readonly max?: string;
  },
>(options: O): Field<Maybe<string, O>> {
  const { inputmode = 'datetime-local', min = null, max = null } = options;
  const written = { date: '\\d{4}-\\d\\d-\\d\\d', time: '\\d\\d:\\d\\d(:\\d\\d)?' };
  const regex = inputmode === 'datetime-local' ? `${written.date}T${written.time}` : written[inputmode];
  const spec = { type: 'datetime', default: options.default ?? null, inputmode, min, max, step: null };
  return maybe(options, spec, (value, label) => {
    const given = readText(value, label, { patterns: [{ regex, description: `is not a ${inputmode}` }] });
    // Written in this way, earlier is less.
    if ((min !== null && given < min) || (max !== null && given > max))
      throw new Error(`${label} must be from ${min ?? 'any'} to ${max ?? 'any'}`);
    return given;
  });
}

/** One of several; `values` are labels by key. */
export function select<const C extends Readonly<Record<string, string>>>(
  options: Wording & { readonly values: C; readonly default: NoInfer<keyof C & string> },
): Field<keyof C & string> {
  const { values } = options;
  return {
    spec: { ...wording(options), type: 'select', default: options.default, values },
    read: (value, label) => choice(values, value ?? options.default, label),
  };
}

/** Any of several. */
export function multiselect<const C extends Readonly<Record<string, string>>>(
  options: Wording & {
    readonly values: C;
    readonly default?: readonly NoInfer<keyof C & string>[];
    readonly minLength?: number;
    readonly maxLength?: number;
  },
): Field<readonly (keyof C & string)[]> {
  const { values, minLength = null, maxLength = null } = options;
  const fallback = options.default ?? [];
  return {
    spec: { ...wording(options), type: 'multiselect', default: fallback, values, minLength, maxLength },
    read: (value, label) =>
      countedList(value ?? fallback, label, minLength, maxLength).map((item) => choice(values, item, label)),
  };
}

/** Questions that belong together. */
export function object<const F extends Fields>(options: Wording & { readonly fields: F }): Field<Values<F>> {
  return {
    spec: { ...wording(options), type: 'object', spec: specOf(options.fields) },
    read: (value) => readFields(options.fields, value),
  };
}

type Selected<C> = {
  readonly [key in keyof C & string]: {
    readonly selection: key;
    readonly value: C[key] extends { readonly fields: infer F } ? Values<F> : never;
  };
}[keyof C & string];

/** One of several, each with questions of its own. */
export function union<const C extends Readonly<Record<string, { readonly name: string; readonly fields: Fields }>>>(
  options: Wording & { readonly variants: C; readonly default: NoInfer<keyof C & string> },
): Field<Selected<C>> {
  const variants = Object.entries(options.variants).map(([key, { name, fields }]) => [
    key,
    { name, spec: specOf(fields) },
  ]);
  return {
    spec: {
      ...wording(options),
      type: 'union',
      default: options.default,
      required: true,
      variants: Object.fromEntries(variants),
    },
    read(value, label) {
      const given = isRecord(value) ? value : { selection: options.default };
      const selection = choice(options.variants, given['selection'], label);
      const fields = options.variants[selection]?.fields ?? {};
      return { selection, value: readFields(fields, given['value']) } as Selected<C>;
    },
  };
}

interface Counted {
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Lines of text, as many as the owner likes. */
export function textList(
  options: Wording &
    Counted & { readonly default?: readonly string[]; readonly each?: TextRules & { masked?: boolean } },
): Field<readonly string[]> {
  const { minLength = null, maxLength = null, each = {}, default: fallback = [] } = options;
  const { masked = false } = each;
  const spec = { type: 'text', masked, placeholder: null, inputmode: 'text', generate: null, ...limits(each) };
  return {
    spec: { ...wording(options), type: 'list', default: fallback, minLength, maxLength, spec },
    read: (value, label) =>
      countedList(value ?? fallback, label, minLength, maxLength).map((item) => readText(item, label, each)),
  };
}

/** The same questions, as often as the owner likes. `displayAs`: `{{name}}`. */
export function objectList<const F extends Fields>(
  options: Wording & Counted & { readonly fields: F; readonly displayAs?: string; readonly uniqueBy?: string },
): Field<readonly Values<F>[]> {
  const { minLength = null, maxLength = null, fields, displayAs = null, uniqueBy = null } = options;
  const spec = { type: 'object', spec: specOf(fields), displayAs, uniqueBy };
  return {
    spec: { ...wording(options), type: 'list', default: [], minLength, maxLength, spec },
    read: (value, label) =>
      countedList(value ?? [], label, minLength, maxLength).map((item) => readFields(fields, item)),
  };
}

/** A file of the owner's, by its path where the host put it. */
export function file<const O extends Optional & { readonly extensions: readonly string[] }>(
  options: O,
): Field<Maybe<{ readonly path: string }, O>> {
  return maybe(options, { type: 'file', extensions: options.extensions }, (value, label) => {
    if (!isRecord(value) || typeof value['path'] !== 'string') throw new Error(`${label} must be a file`);
    return { path: value['path'] };
  });
}

/** Nothing that is shown: a value that tasks hand over. */
export function hidden(): Field<unknown> {
  return { spec: { type: 'hidden' }, read: (value) => value };
}

/** For the action of an `addressProvider` that gives an interface an address: which interface. Hidden. */
export function interfacePlace(): Field<InterfacePlace> {
  return { spec: { type: 'hidden' }, read: (value) => placeIn(value) };
}

/** For the actions of an `addressProvider` about an address it gave: which one. Hidden. */
export function addressPlace(): Field<AddressPlace> {
  return {
    spec: { type: 'hidden' },
    read(value) {
      const { hostname, port = null, ssl, public: open, info = null } = isRecord(value) ? value : {};
      const good = typeof hostname === 'string' && (port === null || typeof port === 'number');
      if (!good) throw new Error('Run this beside the address it is about');
      return { ...placeIn(value), hostname, port, ssl: ssl === true, public: open === true, info };
    },
  };
}

function placeIn(value: unknown): InterfacePlace {
  const { packageId, interfaceId, hostId, internalPort } = isRecord(value) ? value : {};
  const texts = typeof packageId === 'string' && typeof interfaceId === 'string' && typeof hostId === 'string';
  if (!texts || typeof internalPort !== 'number') throw new Error('Run this beside the interface it is about');
  return { packageId, interfaceId, hostId, internalPort };
}

/**
 * A field that depends on what the service knows now: made when the form is opened, and again when it is sent. Only at the
 * top of a form. `X` is the context its packager knows it gets.
 */
export function dynamic<T, X = AnyContext>(make: (context: X) => Promise<Field<T>>): Field<T> {
  const early = (): never => {
    throw new Error('A dynamic field stands at the top of a form');
  };
  return {
    get spec(): never {
      return early();
    },
    read: early,
    settle: make,
  };
}

function limits({ minLength = null, maxLength = null, patterns = [] }: Partial<NullableRules>) {
  return { minLength, maxLength, patterns };
}
type NullableRules = { [key in keyof TextRules]: TextRules[key] | null };

function choice<C extends object>(values: C, value: unknown, label: string): keyof C & string {
  if (typeof value !== 'string' || !Object.hasOwn(values, value))
    throw new Error(`${label}: choose one that is offered`);
  return value as keyof C & string;
}

function countedList(value: unknown, label: string, min: number | null, max: number | null): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`${label} must be a list`);
  if (min !== null && value.length < min) throw new Error(`${label} must have at least ${min} entries`);
  if (max !== null && value.length > max) throw new Error(`${label} must have at most ${max} entries`);
  return value;
}
