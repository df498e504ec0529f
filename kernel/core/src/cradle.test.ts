import { describe, expect, test } from '@jest/globals';
import { Cradle } from './cradle.ts';

describe('Cradle', () => {
  test('gives each factory what came before it', () => {
    const cradle = Cradle.empty()
      .value('one', 1)
      .provide('two', ({ one }) => one + 1)
      .provide('text', ({ one, two }) => `${one} and ${two}`);
    expect(cradle.parts.text).toBe('1 and 2');
  });

  test('stops in reverse, tries every part, and tells what failed', async () => {
    const order: string[] = [];
    const cradle = Cradle.empty()
      .provide(
        'first',
        () => 'a',
        (part) => void order.push(part),
      )
      .provide(
        'second',
        () => 'b',
        () => Promise.reject(new Error('stuck')),
      )
      .provide(
        'third',
        () => 'c',
        (part) => void order.push(part),
      );
    const failed = await cradle.stop();
    expect(order).toEqual(['c', 'a']);
    expect(failed.map((each) => each.name)).toEqual(['second']);
    expect(await cradle.stop()).toEqual([]);
  });

  test('makes missing, mistyped and taken names compile errors', () => {
    const cradle = Cradle.empty().value('one', 1);
    // @ts-expect-error -- `two` was never provided
    expect(() => cradle.provide('sum', ({ two }) => String(two))).toThrow();
    // @ts-expect-error -- `one` is a number
    expect(() => cradle.provide('upper', ({ one }) => one.toUpperCase() as string)).toThrow();
    // @ts-expect-error -- `one` is taken
    cradle.value('one', 2);
  });
});
