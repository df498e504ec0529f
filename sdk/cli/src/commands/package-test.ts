/** `hearth package test`: the life of a package without a machine, its own tests, and with `--box` a real container. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { HearthError } from '@hearth/contract';
import { Command } from 'commander';
import { errors } from '../errors.ts';
import type { ContextOf } from '../program.ts';
import type { Context } from '../context.ts';
import { printable } from '../text.ts';
import { Told } from '../told.ts';
import { architectureOption, recipeArgument } from './package-pack.ts';
import { tryOnBox } from './try-on-box.ts';

interface Done {
  readonly name: string;
  readonly problem: string | null;
  readonly milliseconds: number;
}

export function testCommand(contextOf: ContextOf): Command {
  return new Command('test')
    .description(
      'try a package: its script in milliseconds, its types, its own test.ts, and with --box in a real container',
    )
    .addArgument(recipeArgument())
    .option('--box', 'install it on the box as well, look whether it becomes healthy, and take it away again')
    .option('-k, --key <file>', 'signing key for --box; one of this user, made if it is not there')
    .option('--cache <folder>', 'where built images are kept')
    .addOption(architectureOption('of the box'))
    .action(async (recipe: string, flags, command: Command) => {
      const context = contextOf(command);
      const folder = resolve(recipe);
      const steps: Done[] = [];
      const add = (step: Done): void => {
        steps.push(step);
        tell(context, step);
      };
      if (existsSync(join(folder, 'tsconfig.json'))) {
        const { linkKit } = await import('@hearth/sdk/pack');
        await linkKit(folder);
      }
      const types = checkTypes(context, folder);
      await walk(folder, flags.arch, add).catch(async (error: unknown) => {
        await types;
        throw error;
      });
      const checked = await types;
      if (checked !== null) add(checked);
      if (existsSync(join(folder, 'test.ts'))) add(await ownTests(context, folder));
      const failed = () => steps.filter(({ problem }) => problem !== null);
      if (flags.box === true && failed().length === 0) {
        const box = await context.box();
        const { key, cache, arch } = flags;
        await tryOnBox({ context, box, folder, key, cache, arch }, add);
      }
      const count = failed().length;
      context.output.result({ steps, failed: count }, count === 0 ? `${steps.length} steps, all good` : '');
      if (count === 0) return;
      const error = errors.packageFails({ count, first: failed()[0]?.name ?? '' });
      if (!context.output.json) throw error;
      throw new Told(error);
    });
}

async function walk(folder: string, architecture: string | undefined, add: (step: Done) => void): Promise<void> {
  const { assertAgreement, ownArchitecture, readRecipe } = await import('@hearth/sdk/pack');
  const { openPackage, walkThrough } = await import('@hearth/sdk/testing');
  const recipe = await readRecipe(folder);
  const opened = await openPackage(folder);
  const began = performance.now();
  let problem: string | null = null;
  try {
    assertAgreement(recipe, opened.manifest, architecture ?? ownArchitecture());
  } catch (error) {
    problem = HearthError.from(error).message;
  }
  add({ name: 'script and recipe agree', problem, milliseconds: performance.now() - began });
  await walkThrough(opened, add);
}

function tell(context: Context, { name, problem, milliseconds }: Done): void {
  if (context.output.json) return;
  const time = milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
  const words = (problem ?? '').split('\n').map(printable).join('\n      ');
  context.output.line(problem === null ? `ok    ${name} (${time})` : `FAILS ${name}: ${words}`);
}

/** What is kept of the words of another program. */
const wordsLimit = 16_384;

interface Ran {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly words: string;
}

/** @param how `show`: people see what it prints as it comes */
async function runNode(context: Context, folder: string, argv: readonly string[], how: 'show' | 'keep'): Promise<Ran> {
  const output = how === 'show' ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, argv, {
    cwd: folder,
    stdio: ['ignore', output, output],
    signal: context.signal,
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (words.length < wordsLimit) words += text;
    });
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  return { code, words: words.slice(0, wordsLimit).trim() };
}

/** By the compiler of this checkout, with the package's own tsconfig.json; null where one of them is missing. */
async function checkTypes(context: Context, folder: string): Promise<Done | null> {
  const compiler = packageOf('typescript7');
  if (compiler === undefined || !existsSync(join(folder, 'tsconfig.json'))) return null;
  const began = performance.now();
  const argv = [join(dirname(compiler), 'bin/tsc'), '--noEmit', '--pretty', 'false', '-p', '.'];
  const { code, words } = await runNode(context, folder, argv, 'keep');
  return { name: 'its types agree', problem: code === 0 ? null : words, milliseconds: performance.now() - began };
}

function packageOf(name: string): string | undefined {
  try {
    return findPackageJSON(name, import.meta.url);
  } catch {
    return undefined;
  }
}

/** In a process of its own, by Node's own runner; what it prints is for whoever runs it. */
async function ownTests(context: Context, folder: string): Promise<Done> {
  const began = performance.now();
  const how = context.output.json ? 'keep' : 'show';
  const { code, words } = await runNode(context, folder, ['--test', '--test-reporter=spec', 'test.ts'], how);
  const ending = `it ended with ${code ?? 'a signal'}`;
  const problem = code === 0 ? null : words === '' ? ending : `${ending}\n${words}`;
  return { name: 'its own tests (test.ts)', problem, milliseconds: performance.now() - began };
}
