import { expect, test } from '@jest/globals';
import { wishesInPlace } from './attributes.ts';
import { seccompProfile } from './seccomp.ts';

test.each([
  [['-R', '+C', '/data'], true],
  [['-RV', '-f', '-C', '/data'], true],
  [['+C', '+i', '/data'], false],
  [['+Ci', '/data'], false],
  [['=C', '/data'], false],
  [['-R', '/data'], false],
])('chattr %j wishes for writing in place alone: %p', (args, expected) => {
  expect(wishesInPlace(args)).toBe(expected);
});

test('flags of files are set where the file system knows them, and granted where it does not', () => {
  const calls = (inPlace: boolean): { names: string[]; errnoRet: number }[] =>
    (seccompProfile('x64', false, inPlace) as { syscalls: { names: string[]; errnoRet: number }[] }).syscalls;
  const told = (inPlace: boolean) => calls(inPlace).filter(({ names }) => names.includes('ioctl'));
  expect(told(true)).toEqual([]);
  expect(told(false).map(({ errnoRet }) => errnoRet)).toEqual([0, 0]);
});
