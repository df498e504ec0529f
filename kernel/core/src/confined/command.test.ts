import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

test('a kernel that can have no further rights knows that it cannot confine by itself', () => {
  const ask = `import(${JSON.stringify(join(import.meta.dirname, 'command.ts'))}).then((it) => console.log(it.mayConfine()))`;
  const answer = (...before: string[]) =>
    execFileSync('setpriv', [...before, process.execPath, '-e', ask], { encoding: 'utf8' }).trim();
  expect([answer('--no-new-privs'), answer('--clear-groups')]).toEqual(['false', 'true']);
});
