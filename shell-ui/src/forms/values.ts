/** The value of a form: what it starts with, and what is wrong with it. Pure, so that it can be tested without a page. */
import { msg, str } from '@lit/localize';
import type { InputField, InputSpec, Pattern } from './action.ts';

export type FormValue = Readonly<Record<string, unknown>>;
/** `path.to.field` -> what to do about it. */
export type FormErrors = Readonly<Record<string, string>>;

/** What the package has, else the defaults of the specification. */
export function startValue(spec: InputSpec, value: FormValue | null): FormValue {
  const made: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(spec)) {
    const made_ = startOf(field, value?.[key]);
    if (made_ !== undefined) made[key] = made_;
  }
  return made;
}

function startOf(field: InputField, value: unknown): unknown {
  switch (field.type) {
    case 'object':
      return startValue(field.spec, asRecord(value));
    case 'union':
      return startOfUnion(field, asRecord(value));
    case 'list':
    case 'multiselect':
      return Array.isArray(value) ? value : [...(field.default ?? [])];
    case 'hidden':
    case 'file':
      return value;
    default:
      return startOfLeaf(field, value);
  }
}

function startOfLeaf(
  field: Exclude<InputField, { type: 'object' | 'union' | 'list' | 'multiselect' | 'hidden' | 'file' }>,
  value: unknown,
): unknown {
  if (field.type === 'toggle') return typeof value === 'boolean' ? value : (field.default ?? false);
  if (field.type === 'text') return value ?? textDefault(field.default);
  return value ?? field.default ?? null;
}

function startOfUnion(field: Extract<InputField, { type: 'union' }>, value: FormValue | null): FormValue {
  const selection = typeof value?.['selection'] === 'string' ? value['selection'] : (field.default ?? null);
  const variant = selection === null ? undefined : field.variants[selection];
  return {
    selection,
    value: variant === undefined ? {} : startValue(variant.spec, asRecord(value?.['value'])),
  };
}

function textDefault(initial: Extract<InputField, { type: 'text' }>['default']): string | null {
  return typeof initial === 'object' && initial !== null ? randomText(initial) : (initial ?? null);
}

/** A random text of `len` characters out of `charset` (`a-z,A-Z,0-9` ranges and single characters, by commas). */
export function randomText(pattern: { readonly charset: string; readonly len: number }): string {
  const letters = pattern.charset.split(',').flatMap((part) => {
    const range = /^(.)-(.)$/u.exec(part);
    if (range === null) return Array.from(part);
    const [from, to] = [range[1]?.codePointAt(0) ?? 0, range[2]?.codePointAt(0) ?? 0];
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, step) => String.fromCodePoint(from + step));
  });
  if (letters.length === 0) return '';
  const bound = Math.floor(2 ** 32 / letters.length) * letters.length;
  const made: string[] = [];
  while (made.length < pattern.len) {
    const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
    // A number past the bound would favour the first letters.
    if (drawn < bound) made.push(letters[drawn % letters.length] ?? '');
  }
  return made.join('');
}

/** Everything that is wrong, in words for the owner; empty when the form may be sent. */
export function formErrors(spec: InputSpec, value: FormValue, path = ''): FormErrors {
  const found: Record<string, string> = {};
  for (const [key, field] of Object.entries(spec)) {
    const here = path === '' ? key : `${path}.${key}`;
    const given = value[key];
    if (field.type === 'object') Object.assign(found, formErrors(field.spec, asRecord(given) ?? {}, here));
    else if (field.type === 'union') Object.assign(found, unionErrors(field, asRecord(given), here));
    else if (field.type === 'list') Object.assign(found, listErrors(field, given, here));
    else {
      const wrong = fieldError(field, given);
      if (wrong !== null) found[here] = wrong;
    }
  }
  return found;
}

function unionErrors(field: Extract<InputField, { type: 'union' }>, value: FormValue | null, path: string): FormErrors {
  const selection = value?.['selection'];
  const variant = typeof selection === 'string' ? field.variants[selection] : undefined;
  if (variant === undefined) return { [`${path}.selection`]: msg('Choose one.') };
  return formErrors(variant.spec, asRecord(value?.['value']) ?? {}, `${path}.value`);
}

function listErrors(field: Extract<InputField, { type: 'list' }>, value: unknown, path: string): FormErrors {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const found: Record<string, string> = {};
  const wrong = countError(items.length, field.minLength, field.maxLength);
  if (wrong !== null) found[path] = wrong;
  items.forEach((item, index) => {
    const here = `${path}.${index}`;
    if (field.spec.type === 'object') Object.assign(found, formErrors(field.spec.spec, asRecord(item) ?? {}, here));
    else {
      const text = textError({ ...field.spec, required: true }, item);
      if (text !== null) found[here] = text;
    }
  });
  return found;
}

function fieldError(field: InputField, value: unknown): string | null {
  if (typeof field.disabled === 'string') return null;
  switch (field.type) {
    case 'text':
    case 'textarea':
      return textError(field, value);
    case 'number':
      return numberError(field, value);
    case 'select':
      return typeof value === 'string' && value in field.values ? null : msg('Choose one.');
    case 'multiselect':
      return countError(Array.isArray(value) ? value.length : 0, field.minLength, field.maxLength);
    case 'color':
    case 'datetime':
    case 'file':
      return isEmpty(value) ? (field.required ? msg('This is needed.') : null) : shapeError(field, value);
    default:
      return null;
  }
}

interface TextRules {
  readonly required: boolean;
  readonly minLength?: number | null;
  readonly maxLength?: number | null;
  readonly patterns?: readonly Pattern[];
}

function textError(rules: TextRules, value: unknown): string | null {
  const text = typeof value === 'string' ? value : '';
  if (text === '') return rules.required ? msg('This is needed.') : null;
  const { minLength, maxLength } = rules;
  if (typeof minLength === 'number' && text.length < minLength) return msg(str`Use at least ${minLength} characters.`);
  if (typeof maxLength === 'number' && text.length > maxLength) return msg(str`Use at most ${maxLength} characters.`);
  return rules.patterns?.find(({ regex }) => !fits(regex, text))?.description ?? null;
}

function fits(regex: string, text: string): boolean {
  try {
    return new RegExp(regex).test(text);
  } catch {
    // The package's pattern is for another engine; the package itself checks again.
    return true;
  }
}

function numberError(field: Extract<InputField, { type: 'number' }>, value: unknown): string | null {
  if (typeof value !== 'number' || Number.isNaN(value)) return field.required ? msg('Enter a number.') : null;
  const { min, max, step } = field;
  if (field.integer === true && !Number.isInteger(value)) return msg('Enter a whole number.');
  if (typeof min === 'number' && value < min) return msg(str`Enter ${min} or more.`);
  if (typeof max === 'number' && value > max) return msg(str`Enter ${max} or less.`);
  return typeof step === 'number' && step > 0 ? stepError(value, min ?? 0, step) : null;
}

function stepError(value: number, from: number, step: number): string | null {
  const steps = (value - from) / step;
  return Math.abs(steps - Math.round(steps)) < 1e-9 ? null : msg(str`Go up in steps of ${step}.`);
}

function shapeError(
  field: Extract<InputField, { type: 'color' | 'datetime' | 'file' }>,
  value: unknown,
): string | null {
  if (field.type === 'file') return null;
  if (typeof value !== 'string') return msg('This is needed.');
  if (field.type === 'color') return /^#[0-9a-f]{6}$/i.test(value) ? null : msg('Write a colour as #1a2b3c.');
  const { min, max } = field;
  // All three are written so that their order is that of their texts.
  if (typeof min === 'string' && value < min) return msg(str`Not before ${min}.`);
  if (typeof max === 'string' && value > max) return msg(str`Not after ${max}.`);
  return null;
}

function countError(count: number, min: number | null | undefined, max: number | null | undefined): string | null {
  if (typeof min === 'number' && count < min) return msg(str`Choose or add at least ${min}.`);
  if (typeof max === 'number' && count > max) return msg(str`Choose or add at most ${max}.`);
  return null;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

export function asRecord(value: unknown): FormValue | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as FormValue) : null;
}
