/** Words in the owner's language. */
import { language } from '../node/config.ts';

type Placeholder<T extends string> = T extends `${string}{${infer P}}${infer Rest}` ? P | Placeholder<Rest> : never;
type Given<T extends string> = [Placeholder<T>] extends [never]
  ? []
  : [values: { readonly [key in Placeholder<T>]: string | number }];

/** Puts a text of the table into the owner's language: `t('greeting', { name })`. */
export type Translate<T extends Readonly<Record<string, string>>> = <K extends keyof T & string>(
  key: K,
  ...values: Given<T[K]>
) => string;

/**
 * Texts by locale; the first is whole, and stands in where another lacks a text. Which one is spoken is known when the
 * script is loaded: the server says it in LANG. `{name}` stands for a value.
 */
export function texts<const T extends Readonly<Record<string, string>>>(
  first: T,
  others: Readonly<Record<string, { readonly [key in keyof T]?: string }>>,
  spoken: string = language,
): Translate<T> {
  const chosen: Readonly<Record<string, string | undefined>> = choose(others, spoken) ?? first;
  return (key, ...[values]) => {
    const text = chosen[key] ?? first[key] ?? key;
    const given = (values ?? {}) as Readonly<Record<string, string | number>>;
    return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));
  };
}

/** `de_AT.UTF-8` is served by `de_AT`, else by any `de`. */
function choose<T>(others: Readonly<Record<string, T>>, spoken: string): T | undefined {
  const [locale = ''] = spoken.split('.');
  const [tongue = ''] = locale.split('_');
  if (tongue === '') return undefined;
  const alike = Object.keys(others).find((name) => name.split('_')[0] === tongue);
  return others[locale] ?? (alike === undefined ? undefined : others[alike]);
}
