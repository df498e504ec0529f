/** `querystring`. */
import { Buffer } from 'buffer';

type Values = Record<string, unknown>;

function stringify(values: Values, separator = '&', equals = '='): string {
  const shown = (value: unknown): string =>
    ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? encodeURIComponent(value as string) : '';
  const one = (key: string, value: unknown): string => `${encodeURIComponent(key)}${equals}${shown(value)}`;
  return Object.entries(values)
    .flatMap(([key, value]) =>
      Array.isArray(value) ? value.map((item: unknown) => one(key, item)) : [one(key, value)],
    )
    .join(separator);
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

function parse(text: string, separator = '&', equals = '='): Values {
  const values = Object.create(null) as Values;
  for (const part of text.split(separator).filter((piece) => piece !== '')) {
    const at = part.indexOf(equals);
    const key = decoded(at < 0 ? part : part.slice(0, at));
    const value = at < 0 ? '' : decoded(part.slice(at + equals.length));
    const before = values[key];
    values[key] = before === undefined ? value : [...(Array.isArray(before) ? (before as unknown[]) : [before]), value];
  }
  return values;
}

export const querystring = {
  stringify,
  parse,
  encode: stringify,
  decode: parse,
  escape: encodeURIComponent,
  unescape: decoded,
  unescapeBuffer: (text: string) => Buffer.from(decoded(text)),
};
