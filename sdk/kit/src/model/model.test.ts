import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import * as model from './model.ts';

const typed = { at: '', typed: true };
const words = { at: '', typed: false };

describe('models', () => {
  const server = model.object({
    name: model.text(),
    port: model.number({ integer: true, min: 1, max: 65535 }),
    open: model.withDefault(model.flag(), false),
    mode: model.oneOf('fast', 'safe'),
    tags: model.list(model.text()),
    limits: model.table(model.number()),
    note: model.optional(model.text()),
    rest: model.anything(),
  });
  const whole = { name: 'a', port: 80, open: true, mode: 'fast', tags: ['x'], limits: { a: 1 }, rest: [null] };

  test('give the type of what they read', () => {
    const held: model.Held<typeof server> = server.read(whole, typed);
    const mode: 'fast' | 'safe' = held.mode;
    const note: string | undefined = held.note;
    // @ts-expect-error -- no such part
    const other: unknown = held.other;
    expect([mode, note, other]).toEqual(['fast', undefined, undefined]);
  });

  test('keep what nobody described, and fill in what has a default', () => {
    const { open, ...rest } = whole;
    expect(open).toBe(true);
    expect(server.read({ ...rest, more: { deep: 1 }, note: null }, typed)).toEqual({
      ...rest,
      open: false,
      more: { deep: 1 },
    });
  });

  test.each([
    [{ port: 0 }, 'port must be from 1 to 65535'],
    [{ port: 1.5 }, 'port must be a whole number'],
    [{ port: '80' }, 'port must be a number'],
    [{ name: 1 }, 'name must be text'],
    [{ open: 'yes' }, 'open must be true or false'],
    [{ mode: 'slow' }, 'mode must be one of fast, safe'],
    [{ tags: 'x' }, 'tags must be a list'],
    [{ tags: ['x', 1] }, 'tags[1] must be text'],
    [{ limits: { a: 'x' } }, 'limits.a must be a number'],
    [{ limits: [] }, 'limits must be a table'],
  ])('%j is refused, and the place is named', (part, message) => {
    expect(() => server.read({ ...whole, ...part }, typed)).toThrow(message);
  });

  test('read numbers, flags and lists from text where there is nothing else', () => {
    const text = { ...whole, port: '80', open: 'off', tags: 'x', limits: { a: '0.5' } };
    expect(server.read(text, words)).toMatchObject({ port: 80, open: false, tags: ['x'], limits: { a: 0.5 } });
    expect(() => server.read({ ...text, port: '' }, words)).toThrow('port must be a number');
    expect(() => server.read({ ...text, open: 'maybe' }, words)).toThrow('open must be true or false');
  });

  test('may be schemas of another library', () => {
    const held = model.object({ server: model.schema(z.object({ port: z.number() })) });
    expect(held.read({ server: { port: 1 } }, typed).server.port).toBe(1);
    expect(() => held.read({ server: { port: 'x' } }, typed)).toThrow(/^server must be as its schema says: .*number/);
  });
});
