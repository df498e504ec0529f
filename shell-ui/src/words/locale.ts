/** Locale-ready: English stands in the source; another language is a module of templates, loaded when it is chosen. */
import { configureLocalization } from '@lit/localize';

/** Add `de` here and `./locales/de.ts` beside it, made with `lit-localize extract` and `build`. */
const targetLocales: readonly string[] = [];

export const { getLocale, setLocale } = configureLocalization({
  sourceLocale: 'en',
  targetLocales,
  loadLocale: (locale) => Promise.reject(new Error(`No words for ${locale}`)),
});

/** The reader's language as packages name theirs: `en_GB`. */
export function language(): string {
  return navigator.language.replace('-', '_').slice(0, 16);
}
