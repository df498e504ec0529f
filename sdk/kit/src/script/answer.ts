/** What actions answer. */
import type { ActionResult, ResultValue, SingleResult } from './effects.ts';

/** A text to be shown, copied, or kept behind an eye. */
export function shown(value: string, options: { readonly masked?: boolean; readonly qr?: boolean } = {}): SingleResult {
  return { type: 'single', value, copyable: true, qr: options.qr ?? false, masked: options.masked ?? false };
}

/** What an action answers: a headline, words, and values by name. */
export function answer(
  title: string,
  message: string | null,
  values: Readonly<Record<string, ResultValue>> = {},
): ActionResult {
  const named = Object.entries(values).map(([name, value]) => ({ ...value, name, description: null }));
  return { version: '1', title, message, result: named.length === 0 ? null : { type: 'group', value: named } };
}
