import { isDeepStrictEqual } from 'node:util';

/** Whether a value has all that a template asks for: of objects every given key, of anything else equality. */
export function matches(value: unknown, template: unknown): boolean {
  if (!isPlain(template)) return isDeepStrictEqual(value, template);
  if (!isPlain(value)) return false;
  return Object.entries(template).every(([key, wanted]) => Object.hasOwn(value, key) && matches(value[key], wanted));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
