/** Sizes, spans and moments in the reader's own way of writing. */
import { msg, str } from '@lit/localize';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `12.4 MB`; powers of 1000, as disks are sold. */
export function bytes(count: number, locale?: string): string {
  const step = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  const unit = units[step] ?? 'byte';
  const value = count / 1000 ** step;
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1,
  }).format(value);
}

/** `about 2 minutes left`; seconds in. */
export function timeLeft(seconds: number): string {
  if (seconds < 5) return msg('a few seconds left');
  if (seconds < 60) return msg(str`about ${Math.ceil(seconds / 5) * 5} seconds left`);
  const minutes = Math.round(seconds / 60);
  if (minutes <= 1) return msg('about a minute left');
  if (minutes < 90) return msg(str`about ${minutes} minutes left`);
  return msg(str`about ${Math.round(minutes / 60)} hours left`);
}

const spans: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `3 minutes ago`, `yesterday`; both in milliseconds. */
export function ago(at: number, now: number, locale?: string): string {
  const seconds = (at - now) / 1000;
  if (Math.abs(seconds) < 45) return msg('just now');
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, length] of spans) {
    if (Math.abs(seconds) >= length * 0.95) return format.format(Math.round(seconds / length), unit);
  }
  return format.format(Math.round(seconds / 60), 'minute');
}

/** `2 days, 4 hours`: how long something has gone on. */
export function lasted(ms: number, locale?: string): string {
  const seconds = Math.max(0, ms / 1000);
  const [day, hour, minute] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const part = (value: number, unit: string): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  const parts = (
    [
      [day, 'day'],
      [hour, 'hour'],
      [minute, 'minute'],
    ] as const
  ).filter(([value]) => value > 0);
  if (parts.length === 0) return msg('less than a minute');
  return parts
    .slice(0, 2)
    .map(([value, unit]) => part(value, unit))
    .join(', ');
}

/** `Nov 23, 2026, 4:05 PM`. */
export function moment(at: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** The groups people compare: `AB:CD:…` from plain or colon hex. */
export function fingerprint(hex: string): string {
  return (
    hex
      .replaceAll(/[^0-9a-f]/gi, '')
      .toUpperCase()
      .match(/.{2}/g) ?? []
  ).join(':');
}
