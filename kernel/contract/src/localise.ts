/** Texts of packages; apart from the manifest's schema, so that a browser can choose a text without a schema library. */

/** One text, or one per locale (`en_US`). */
export type Localised = string | Record<string, string>;

/**
 * The text for a locale: exact key, else the first key of the same language, else the first text, else "".
 */
export function localise(text: Localised, locale: string): string {
  if (typeof text === 'string') return text;
  const exact = text[locale];
  if (exact !== undefined) return exact;
  const language = `${locale.split('_')[0] ?? ''}_`;
  const keys = Object.keys(text);
  const key = keys.find((candidate) => candidate.startsWith(language)) ?? keys[0];
  return key === undefined ? '' : (text[key] ?? '');
}
