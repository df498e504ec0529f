import { expect, test } from '@jest/globals';
import { layout, partitions, sectorSize } from './partitions.ts';

const mebibyte = 1024 * 1024;

test('partitions follow one another at whole mebibytes, the one that grows last', () => {
  const names = ['esp', 'a', 'b', 'state'] as const;
  let end = mebibyte;
  for (const name of names) {
    expect(layout.starts[name] * sectorSize).toBe(end);
    end += partitions[name].mebibytes * mebibyte;
  }
  expect(layout.sectors * sectorSize).toBe(end + mebibyte);
});

test('both slots are alike but for their id, and every id is there once', () => {
  expect({ ...partitions.a, id: '' }).toEqual({ ...partitions.b, id: '' });
  expect(new Set(Object.values(partitions).map(({ id }) => id)).size).toBe(4);
  expect(layout.script.match(/name=hearth-(a|b|esp|state)/g)).toHaveLength(4);
  expect(layout.script).toContain('name=hearth-esp, attrs=LegacyBIOSBootable');
});
