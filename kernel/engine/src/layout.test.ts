import { describe, expect, test } from '@jest/globals';
import { idBase, layoutOf, macAddress, serviceAddress, serviceCapacity, vethName, workerId } from './layout.ts';

const config = { subnet: '10.0.3', bridge: 'hearth0', ids: { first: 100_000, count: 65_536 * 4 } };

describe('what follows from an index', () => {
  test('address, MAC and cable', () => {
    expect(serviceAddress(config, 17)).toBe('10.0.3.17');
    expect(macAddress(config, 17)).toBe('02:00:0a:00:03:11');
    expect(vethName(config, 7)).toBe('hearth0007');
    expect(vethName({ bridge: 'abcdefghijkl' }, 254)).toHaveLength(15);
  });

  test('ids: ranges of services do not meet each other nor the workers', () => {
    expect(serviceCapacity(config)).toBe(3);
    expect([2, 3, 4].map((index) => idBase(config, index))).toEqual([165_536, 231_072, 296_608]);
    expect(idBase(config, 4) + 65_536).toBe(100_000 + config.ids.count);
    expect(workerId(config, 254)).toBeLessThan(idBase(config, 2));
  });

  test('an index outside the block is refused', () => {
    for (const index of [0, 1, 5]) expect(() => idBase(config, index)).toThrow('the id block holds 3 services');
  });
});

test('everything a package can fill lies in the folder that is neutralised', () => {
  const layout = layoutOf({ data: '/data', run: '/run/hearth' });
  for (const path of [layout.images, layout.volumes, layout.logs, layout.uppers, layout.restores]) {
    expect(path.startsWith(`${layout.engine}/`)).toBe(true);
  }
});
