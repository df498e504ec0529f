/**
 * Shapes: how a confined plugin describes its data. A small language of its own, since a stranger writes it and the kernel
 * checks by it: no patterns (they can be made to take for ever), no references, bounded depth and size.
 */
import { z } from 'zod';

interface Common {
  readonly about?: string | undefined;
  /** May be left out; only within an object. */
  readonly optional?: boolean | undefined;
  readonly nullable?: boolean | undefined;
}

export type Shape = Common &
  (
    | { readonly type: 'text'; readonly longest?: number | undefined; readonly oneOf?: readonly string[] | undefined }
    | {
        readonly type: 'number';
        readonly whole?: boolean | undefined;
        readonly least?: number | undefined;
        readonly most?: number | undefined;
      }
    | { readonly type: 'boolean' }
    | { readonly type: 'list'; readonly of: Shape; readonly longest?: number | undefined }
    | { readonly type: 'map'; readonly of: Shape; readonly longest?: number | undefined }
    | { readonly type: 'object'; readonly keys: Readonly<Record<string, Shape>> }
  );

export type ObjectShape = Extract<Shape, { readonly type: 'object' }>;

/** Characters of a text, and rows of a list or map, where the shape does not say. */
export const shapeDefaults = Object.freeze({ text: 2000, list: 1000, map: 1000 });
export const shapeDepth = 6;

/** Keys plain data may have: nothing that reaches a prototype. */
export const dataKey = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]*$/, 'letters, digits and _ . : -, beginning with a letter or digit')
  .refine((key) => key !== 'constructor' && key !== 'prototype', 'a word that JavaScript keeps for itself');

const common = {
  about: z.string().max(300).optional(),
  optional: z.boolean().optional(),
  nullable: z.boolean().optional(),
};

function level(depth: number): z.ZodType<Shape> {
  const flat = [
    z.strictObject({
      type: z.literal('text'),
      longest: z.number().int().min(1).max(65_536).optional(),
      oneOf: z.array(z.string().max(200)).min(1).max(100).optional(),
      ...common,
    }),
    z.strictObject({
      type: z.literal('number'),
      whole: z.boolean().optional(),
      least: z.number().optional(),
      most: z.number().optional(),
      ...common,
    }),
    z.strictObject({ type: z.literal('boolean'), ...common }),
  ] as const;
  if (depth >= shapeDepth) return z.discriminatedUnion('type', flat);
  const beneath = z.lazy(() => level(depth + 1));
  const longest = z.number().int().min(1).max(10_000).optional();
  return z.discriminatedUnion('type', [
    ...flat,
    z.strictObject({ type: z.literal('list'), of: beneath, longest, ...common }),
    z.strictObject({ type: z.literal('map'), of: beneath, longest, ...common }),
    objectLevel(depth),
  ]);
}

function objectLevel(depth: number) {
  return z.strictObject({
    type: z.literal('object'),
    keys: z
      .record(
        dataKey,
        z.lazy(() => level(depth + 1)),
      )
      .refine((keys) => Object.keys(keys).length <= 100, 'at most 100 keys'),
    ...common,
  });
}

export const shape: z.ZodType<Shape> = level(0);
export const objectShape: z.ZodType<ObjectShape> = objectLevel(0);

/** The schema that checks what a shape describes. Keys it does not name are refused. */
export function schemaOf(described: Shape): z.ZodType {
  const bare = bareSchema(described);
  const checked = described.nullable === true ? bare.nullable() : bare;
  return described.about === undefined ? checked : checked.describe(described.about);
}

function bareSchema(described: Shape): z.ZodType {
  switch (described.type) {
    case 'text':
      return described.oneOf === undefined
        ? z.string().max(described.longest ?? shapeDefaults.text)
        : z.enum([...described.oneOf]);
    case 'number': {
      const number = described.whole === true ? z.number().int() : z.number();
      const floor = described.least === undefined ? number : number.min(described.least);
      return described.most === undefined ? floor : floor.max(described.most);
    }
    case 'boolean':
      return z.boolean();
    case 'list':
      return z.array(schemaOf(described.of)).max(described.longest ?? shapeDefaults.list);
    case 'map': {
      const most = described.longest ?? shapeDefaults.map;
      return z
        .record(dataKey, schemaOf(described.of))
        .refine((rows) => Object.keys(rows).length <= most, `at most ${most} rows`);
    }
    case 'object':
      return z.strictObject(
        Object.fromEntries(
          Object.entries(described.keys).map(([key, child]) => {
            const schema = schemaOf(child);
            return [key, child.optional === true ? schema.optional() : schema];
          }),
        ),
      );
  }
}
