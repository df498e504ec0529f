import { expect, test } from '@jest/globals';
import { basicAuthorization } from './basic.ts';

test.each([
  ['', ''],
  ['anna', 'secret'],
  ['anna', 'secre'],
  ['anna', 'secr'],
  ['änne', '100 % 磁盘 😀'],
])('%s with %s', (user, password) => {
  expect(basicAuthorization(user, password)).toBe(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);
});
