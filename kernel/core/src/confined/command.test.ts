import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mayConfine } from './command.ts';

test('a kernel that can have no further rights knows that it cannot confine by itself', () => {
  const command = JSON.stringify(join(import.meta.dirname, 'command.ts'));
  const ask = `import(${command}).then(({ mayConfine }) => console.log(mayConfine()))`;
  const answer = execFileSync('setpriv', ['--no-new-privs', process.execPath, '-e', ask], { encoding: 'utf8' });
  expect([answer.trim(), mayConfine()]).toEqual(['false', true]);
});
