import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Planned, plan } from './plan.ts';

const plugin = (id: string, needs: string[] = [], provides: string | null = id): Planned => ({
  id,
  requires: Object.fromEntries(needs.map((need) => [need, { id: need }])),
  provides: provides === null ? undefined : { id: provides },
});
const ids = (waves: readonly (readonly Planned[])[]): string[][] => waves.map((wave) => wave.map((each) => each.id));

describe('plan()', () => {
  test('puts what is needed into an earlier wave', () => {
    const waves = plan([plugin('c', ['b', 'jobs']), plugin('a'), plugin('b', ['a']), plugin('d')], new Set(['jobs']));
    expect(ids(waves)).toEqual([['a', 'd'], ['b'], ['c']]);
  });

  test.each([
    ['kernel.pluginTwice', [plugin('a'), plugin('a', [], 'b')]],
    ['kernel.needTwice', [plugin('a', [], 'x'), plugin('b', [], 'x')]],
    ['kernel.needTwice', [plugin('a', [], 'jobs')]],
    ['kernel.needMissing', [plugin('a', ['nothing'])]],
    ['kernel.needCircle', [plugin('a', ['b']), plugin('b', ['a']), plugin('c')]],
    ['kernel.needCircle', [plugin('a', ['a'])]],
  ])('refuses with %s', (code, plugins) => {
    expect(() => plan(plugins, new Set(['jobs']))).toThrow(expect.objectContaining({ code }));
  });

  test('orders every graph without a circle so that needs come first', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 20 }), (graph) => {
        const plugins = graph.map((needs, at) =>
          plugin(`p${at}`, at === 0 ? [] : [...new Set(needs.map((need) => `p${need % at}`))]),
        );
        const order = plan([...plugins].reverse(), new Set()).map((wave) => wave.map((each) => each.id));
        const waveOf = new Map(order.flatMap((wave, at) => wave.map((id) => [id, at] as const)));
        expect(waveOf.size).toBe(plugins.length);
        for (const each of plugins)
          for (const need of Object.keys(each.requires)) expect(waveOf.get(need)!).toBeLessThan(waveOf.get(each.id)!);
      }),
    );
  });
});
