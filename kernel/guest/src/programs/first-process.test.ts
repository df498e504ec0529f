import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { endFirstProcess, firstProcess } from './first-process.ts';

async function sleeper() {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return { child, pid: child.pid ?? 0, ended: once(child, 'exit') };
}

test('is killed, and gone when that is said', async () => {
  const { pid, ended } = await sleeper();
  const first = firstProcess(pid);
  expect(first.began).toMatch(/^\d+$/);
  expect(await endFirstProcess(first)).toBe(true);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(firstProcess(pid).began).toBeNull();
  expect(await endFirstProcess(first)).toBe(true);
});

test('another process that has its number is left alone', async () => {
  const { child, pid, ended } = await sleeper();
  const first = firstProcess(pid);
  expect(await endFirstProcess({ pid, began: `${Number(first.began) - 1}` })).toBe(true);
  expect(await endFirstProcess({ pid, began: null })).toBe(true);
  expect(firstProcess(pid)).toEqual(first);
  child.kill('SIGKILL');
  await ended;
});
