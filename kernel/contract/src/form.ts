/**
 * Forms that the server shows for what a plugin needs to know: the common part of what actions of packages ask with, so
 * that the same page draws both. Without patterns: a stranger writes them, and they can be made to take for ever.
 */
import { z } from 'zod';
import { dataKey } from './confined/shape.ts';

const common = {
  /** The label. */
  name: z.string().min(1).max(60),
  description: z.string().max(500).optional(),
  warning: z.string().max(500).optional(),
};
const length = z.number().int().min(0).max(4000).optional();

export const formField = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('text'),
    ...common,
    required: z.boolean(),
    /** A secret: shown as dots, kept where no page and no other plugin sees it. */
    masked: z.boolean().optional(),
    /** `url`: an http or https address without a password in it. */
    inputmode: z.enum(['text', 'email', 'url']).optional(),
    default: z.string().max(1000).optional(),
    placeholder: z.string().max(200).optional(),
    minLength: length,
    maxLength: length,
  }),
  z.strictObject({
    type: z.literal('number'),
    ...common,
    required: z.boolean(),
    default: z.number().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    integer: z.boolean().optional(),
    units: z.string().max(20).optional(),
  }),
  z.strictObject({ type: z.literal('toggle'), ...common, default: z.boolean().optional() }),
  z.strictObject({
    type: z.literal('select'),
    ...common,
    default: z.string().max(64),
    /** What is kept -> what is shown. */
    values: z
      .record(dataKey, z.string().min(1).max(100))
      .refine((values) => Object.keys(values).length >= 1 && Object.keys(values).length <= 50, 'from 1 to 50 choices'),
  }),
]);
export type FormField = z.infer<typeof formField>;

export const form = z
  .record(dataKey, formField)
  .refine((fields) => Object.keys(fields).length <= 24, 'at most 24 fields')
  .refine(
    (fields) =>
      Object.values(fields).every((field) => field.type !== 'select' || Object.hasOwn(field.values, field.default)),
    'the default of a choice must be one of its values',
  );
export type Form = z.infer<typeof form>;

/** What was filled in, checked; fields that were left empty are null. */
export type FormValues = Readonly<Record<string, string | number | boolean | null>>;

/** Checks what was filled into a form. Fields it does not have are refused. */
export function formValues(fields: Form): z.ZodType<FormValues> {
  return z.strictObject(
    Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, valueOf(field)])),
  ) as z.ZodType<FormValues>;
}

function valueOf(field: FormField): z.ZodType {
  switch (field.type) {
    case 'text':
      return textOf(field);
    case 'number':
      return numberOf(field);
    case 'toggle':
      return z.boolean().default(field.default ?? false);
    case 'select':
      return z.enum(Object.keys(field.values)).default(field.default);
  }
}

function textOf({
  required,
  minLength = 0,
  maxLength = 1000,
  inputmode,
}: Extract<FormField, { type: 'text' }>): z.ZodType {
  const line = z
    .string()
    .min(Math.max(minLength, required ? 1 : 0))
    .max(maxLength)
    .refine((text) => !/\p{Cc}/u.test(text), 'one line');
  const text = inputmode === 'url' ? line.refine((given) => hostOf(given) !== null, 'a web address') : line;
  return required
    ? text
    : z.preprocess(
        (given) => given ?? null,
        z
          .literal('')
          .transform(() => null)
          .or(text.nullable()),
      );
}

function numberOf(field: Extract<FormField, { type: 'number' }>): z.ZodType {
  const { required, integer = false, min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = field;
  const number = (integer ? z.number().int() : z.number()).min(min).max(max);
  return required ? number : number.nullable().default(null);
}

/** What may be seen, and what may not. */
export function partsOfForm(
  fields: Form,
  values: FormValues,
): { readonly open: FormValues; readonly secret: FormValues } {
  const isSecret = (key: string): boolean => {
    const field = fields[key];
    return field === undefined || (field.type === 'text' && field.masked === true);
  };
  const entries = Object.entries(values);
  return {
    open: Object.fromEntries(entries.filter(([key]) => !isSecret(key))),
    secret: Object.fromEntries(entries.filter(([key]) => isSecret(key))),
  };
}

/** Hosts of the addresses that were filled in, with the port unless it is the scheme's own. */
export function hostsOfForm(fields: Form, values: FormValues): readonly string[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const value = values[key];
    if (field.type !== 'text' || field.inputmode !== 'url' || typeof value !== 'string') return [];
    const host = hostOf(value);
    return host === null ? [] : [host];
  });
}

/** Null for what is no http or https address, or one with a password in it. */
function hostOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const spoken = url.protocol === 'https:' || url.protocol === 'http:';
  return spoken && url.username === '' && url.password === '' ? url.host : null;
}
