/** Text and words of other languages: what QuickJS has no tables for. */
import type { OpTable } from '../op.ts';
import { record, text } from './arguments.ts';

type Formatter = { format(value: never): string; formatToParts?(value: never): unknown[]; resolvedOptions(): unknown };

/** Formatters are dear to make: kept by their kind, locales and options. */
const made = new Map<string, Formatter>();
const mostMade = 256;

function formatter(kind: string, locales: unknown, options: unknown): Formatter {
  const key = JSON.stringify([kind, locales, options]);
  const known = made.get(key);
  if (known !== undefined) return known;
  if (made.size >= mostMade) made.clear();
  const fresh = build(kind, (locales ?? undefined) as string[] | undefined, record(options ?? {}));
  made.set(key, fresh);
  return fresh;
}

function build(kind: string, locales: string[] | undefined, options: Record<string, unknown>): Formatter {
  switch (kind) {
    case 'NumberFormat':
      return new Intl.NumberFormat(locales, options);
    case 'DateTimeFormat':
      return new Intl.DateTimeFormat(locales, options);
    case 'ListFormat':
      return new Intl.ListFormat(locales, options);
    case 'RelativeTimeFormat': {
      const relative = new Intl.RelativeTimeFormat(locales, options);
      return {
        format: ([value, unit]: [number, Intl.RelativeTimeFormatUnit]) => relative.format(value, unit),
        resolvedOptions: () => relative.resolvedOptions(),
      };
    }
    case 'PluralRules': {
      const rules = new Intl.PluralRules(locales, options);
      return {
        format: (value: number) => rules.select(value),
        resolvedOptions: () => rules.resolvedOptions(),
      };
    }
    case 'Collator': {
      const collator = new Intl.Collator(locales, options);
      return {
        format: ([a, b]: [string, string]) => String(collator.compare(a, b)),
        resolvedOptions: () => collator.resolvedOptions(),
      };
    }
    case 'DisplayNames': {
      const names = new Intl.DisplayNames(locales, options as unknown as Intl.DisplayNamesOptions);
      return {
        format: (code: string) => names.of(code) ?? code,
        resolvedOptions: () => names.resolvedOptions(),
      };
    }
    default:
      throw new TypeError(`Intl.${kind} is not provided`);
  }
}

export const textOps: OpTable = {
  'text.decode': (_context, [encoding, fatal, ignoreBOM], bytes) =>
    new TextDecoder(text(encoding), { fatal: fatal === true, ignoreBOM: ignoreBOM === true }).decode(
      bytes ?? new Uint8Array(0),
    ),
  'intl.format': (_context, [kind, locales, options, value]) =>
    formatter(text(kind), locales, options).format(value as never),
  'intl.parts': (_context, [kind, locales, options, value]) =>
    formatter(text(kind), locales, options).formatToParts?.(value as never) ?? [],
  'intl.options': (_context, [kind, locales, options]) => formatter(text(kind), locales, options).resolvedOptions(),
  'intl.locales': (_context, [kind, locales]) =>
    text(kind) === 'DateTimeFormat'
      ? Intl.DateTimeFormat.supportedLocalesOf(locales as string[])
      : Intl.NumberFormat.supportedLocalesOf(locales as string[]),
};
