/** What a task would change of what is set: told before it is saved. */
import type { InputField, InputSpec } from './action.ts';
import { asRecord, type FormValue } from './values.ts';

export interface Difference {
  /** `Network, Port`. */
  readonly name: string;
  /** As they are shown; null where there is nothing, and for secrets. */
  readonly before: string | null;
  readonly after: string | null;
}

export function differences(spec: InputSpec, before: FormValue | null, after: FormValue | null): readonly Difference[] {
  return Object.entries(spec).flatMap(([key, field]) => of(field, before?.[key], after?.[key], ''));
}

function of(field: InputField, before: unknown, after: unknown, above: string): readonly Difference[] {
  const name = above === '' ? field.name : `${above}, ${field.name}`;
  if (same(before, after) || field.type === 'hidden') return [];
  if (field.type === 'object') {
    const [was, is] = [asRecord(before), asRecord(after)];
    return Object.entries(field.spec).flatMap(([key, inner]) => of(inner, was?.[key], is?.[key], name));
  }
  return [{ name, before: shown(field, before), after: shown(field, after) }];
}

function shown(field: InputField, value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (field.type === 'text' && field.masked === true) return '••••••••';
  if (field.type === 'select' && typeof value === 'string') return field.values[value] ?? value;
  if (field.type === 'union') {
    const selection = asRecord(value)?.['selection'];
    return typeof selection === 'string' ? (field.variants[selection]?.name ?? selection) : null;
  }
  if (Array.isArray(value)) return value.map((one) => plain(one)).join(', ');
  return plain(value);
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
