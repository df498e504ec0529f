import { expect, test } from '@jest/globals';
import { mountOf, parseMounts, targetsBeneath } from './mountinfo.ts';

const mounts = parseMounts(
  [
    '20 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '30 20 254:0 /a\\040b /run/x rw,nosuid shared:7 - ext4 /dev/vda rw',
    '31 30 0:52 / /run/x/y rw,nodev shared:8 master:3 - overlay overlay rw,upperdir=/u/upper',
    '32 20 254:0 /z /run/xyz rw - ext4 /dev/vda rw',
  ].join('\n'),
);

test('reads the fields, escapes included', () => {
  expect(mounts[1]).toMatchObject({ root: '/a b', target: '/run/x', shared: true, options: ['rw', 'nosuid'] });
  expect(mounts[2]).toMatchObject({ type: 'overlay', superOptions: 'rw,upperdir=/u/upper', shared: true });
  expect(mounts[0]?.shared).toBe(false);
});

test('what lies beneath a path, newest first; a longer name is not beneath', () => {
  expect(targetsBeneath('/run/x', mounts)).toEqual(['/run/x/y', '/run/x']);
});

test('the mount a path lies on', () => {
  expect(mountOf('/run/x/y/z', mounts)?.target).toBe('/run/x/y');
  expect(mountOf('/run/xy', mounts)?.target).toBe('/');
});
