/** `hearth package test`: the life of a package without a machine, its own tests, and with `--box` a real container. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { errors } from '../errors.ts';
import type { ContextOf } from '../program.ts';
import type { Context } from '../context.ts';
import { printable } from '../text.ts';
import { Told } from '../told.ts';
import { tryOnBox } from './try-on-box.ts';

interface Done {
  readonly name: string;
  readonly problem: string | null;
  readonly milliseconds: number;
}

export function testCommand(contextOf: ContextOf): Command {
  return new Command('test')
    .description('try a package: its script in milliseconds, its own test.ts, and with --box in a real container')
    .argument('<recipe>', 'folder with recipe.json')
    .option('--box', 'install it on the box as well, look whether it becomes healthy, and take it away again')
    .option('-k, --key <file>', 'signing key for --box; one of this user, made if it is not there')
    .option('--cache <folder>', 'where built images are kept')
    .option('--arch <name>', 'of the box: x86_64, aarch64; that of this machine unless told')
    .action(async (recipe: string, flags, command: Command) => {
      const context = contextOf(command);
      const folder = resolve(recipe);
      const steps = await walk(context, folder);
      if (existsSync(join(folder, 'test.ts'))) steps.push(await ownTests(context, folder));
      const failed = () => steps.filter(({ problem }) => problem !== null);
      if (flags.box === true && failed().length === 0) {
        const box = await context.box();
        const { key, cache, arch } = flags;
        await tryOnBox({ context, box, folder, key, cache, arch }, (step) => {
          steps.push(step);
          tell(context, step);
        });
      }
      const count = failed().length;
      context.output.result({ steps, failed: count }, count === 0 ? `${steps.length} steps, all good` : '');
      if (count === 0) return;
      const error = errors.packageFails({ count, first: failed()[0]?.name ?? '' });
      if (!context.output.json) throw error;
      throw new Told(error);
    });
}

async function walk(context: Context, folder: string): Promise<Done[]> {
  const { openPackage, walkThrough } = await import('@hearth/sdk/testing');
  return [...(await walkThrough(await openPackage(folder), (step) => tell(context, step)))];
}

function tell(context: Context, { name, problem, milliseconds }: Done): void {
  if (context.output.json) return;
  const time = milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
  context.output.line(problem === null ? `ok    ${name} (${time})` : `FAILS ${name}: ${printable(problem)}`);
}

/** In a process of its own, by Node's own runner; what it prints is for whoever runs it. */
async function ownTests(context: Context, folder: string): Promise<Done> {
  const began = performance.now();
  const code = await new Promise<number | null>((done, fail) => {
    const out = context.output.json ? 'ignore' : 'inherit';
    const child = spawn(process.execPath, ['--test', '--test-reporter=spec', 'test.ts'], {
      cwd: folder,
      stdio: ['ignore', out, 'inherit'],
      signal: context.signal,
    });
    child.once('error', fail).once('close', done);
  });
  const problem = code === 0 ? null : `it ended with ${code ?? 'a signal'}`;
  return { name: 'its own tests (test.ts)', problem, milliseconds: performance.now() - began };
}
