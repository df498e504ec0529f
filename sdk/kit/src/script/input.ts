/**
 * What an action asks its owner: fields that know their form, their type, and which values they take.
 *
 * `Fields` is a table of them; `Values` is what `run` gets. A value that a field refuses never reaches `run`.
 */

/** One question. `spec` is what the form shows; `read` throws a sentence for the owner. */
export interface Field<T> {
  readonly spec: Readonly<Record<string, unknown>>;
  read(value: unknown, label: string): T;
  /** The field as it is now, for those that depend on what the service knows. */
  settle?(context: never): Promise<Field<T>>;
}

/** The questions of a form by the keys their answers have. */
export type Fields = Readonly<Record<string, Field<unknown>>>;
/** What `run` gets for such questions. */
export type Values<F> = { readonly [key in keyof F]: F[key] extends Field<infer T> ? T : never };

export interface Wording {
  readonly name: string;
  readonly description?: string;
  readonly warning?: string;
  readonly footnote?: string;
  /** A sentence why the field cannot be changed. */
  readonly disabled?: string;
  /** Only before the first save. */
  readonly immutable?: boolean;
}

export interface Pattern {
  /** Of the whole value, as JavaScript writes it. */
  readonly regex: string;
  readonly description: string;
}

export interface TextRules {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly patterns?: readonly Pattern[];
}

type Common = Wording & { readonly required?: boolean };

export function wording({ name, description, warning, footnote, disabled, immutable }: Wording) {
  return {
    name,
    description: description ?? null,
    warning: warning ?? null,
    footnote: footnote ?? null,
    disabled: disabled ?? (false as const),
    immutable: immutable ?? false,
  };
}

/** Reads every field of a form; keys nobody asked for are dropped. */
export function readFields<F extends Fields>(fields: F, value: unknown): Values<F> {
  const given = isRecord(value) ? value : {};
  const read = Object.entries(fields).map(([key, field]) => {
    const { name } = field.spec;
    return [key, field.read(Object.hasOwn(given, key) ? given[key] : undefined, typeof name === 'string' ? name : key)];
  });
  return Object.fromEntries(read) as Values<F>;
}

/** Each field as it is now. */
export async function settled(fields: Fields, context: unknown): Promise<Fields> {
  const now = Object.entries(fields).map(
    async ([key, field]) => [key, (await field.settle?.(context as never)) ?? field] as const,
  );
  return Object.fromEntries(await Promise.all(now));
}

export function specOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, { spec }]) => [key, spec]));
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/** An optional field may be left empty, and is null then. */
export function orNull<T>(required: boolean, read: (value: unknown, label: string) => T) {
  return (value: unknown, label: string): T | null => {
    if (!isEmpty(value)) return read(value, label);
    if (required) throw new Error(`${label} is needed`);
    return null;
  };
}

export function readText(value: unknown, label: string, { minLength, maxLength, patterns = [] }: TextRules): string {
  if (typeof value !== 'string') throw new Error(`${label} must be text`);
  if (minLength !== undefined && value.length < minLength)
    throw new Error(`${label} must have at least ${minLength} characters`);
  if (maxLength !== undefined && value.length > maxLength)
    throw new Error(`${label} must have at most ${maxLength} characters`);
  for (const { regex, description } of patterns) {
    if (!new RegExp(`^(?:${regex})$`, 'u').test(value)) throw new Error(`${label}: ${description}`);
  }
  return value;
}

/** `required: false` makes null possible, and so says the type. */
export type Maybe<T, O extends { readonly required?: boolean }> = O extends { readonly required: false } ? T | null : T;

/** The field of options `O`, whose value is null only where `required: false` stands in them. */
export function maybe<T, O extends Common>(
  options: O,
  spec: Readonly<Record<string, unknown>>,
  read: (value: unknown, label: string) => T,
): Field<Maybe<T, O>> {
  const required = options.required ?? true;
  return {
    spec: { ...wording(options), required, ...spec },
    read: orNull(required, read) as Field<Maybe<T, O>>['read'],
  };
}
