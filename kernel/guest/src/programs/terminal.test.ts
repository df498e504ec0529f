import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { onTerminal, resizeTerminal } from './terminal.ts';

test('a terminal takes another size while a program is on it', async () => {
  const { args } = onTerminal([], { rows: 30, columns: 90 });
  const line = args.at(-2)?.replace(/exec 'crun'.*$/, 'stty size; read word; stty size; exit 7') ?? '';
  const child = spawn('script', args.toSpliced(-2, 1, line), { stdio: ['pipe', 'pipe', 'ignore'] });
  let shown = '';
  child.stdout.setEncoding('utf8');
  const until = async (text: string): Promise<void> => {
    for await (const piece of child.stdout.iterator({ destroyOnReturn: false })) {
      shown += String(piece);
      if (shown.includes(text)) return;
    }
  };
  await until('30 90');
  await resizeTerminal([child.pid ?? 0, null], { rows: 50, columns: 120 });
  child.stdin.write('go\n');
  const ended = new Promise((resolve) => child.on('exit', resolve));
  await until('50 120');
  expect(shown).toMatch(/30 90[\s\S]*50 120/);
  expect(await ended).toBe(7);
});
