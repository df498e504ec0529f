/** `hearth package create`, `pack` and `publish`: from nothing to a registry. */
import { resolve } from 'node:path';
import type { PackEvent } from '@hearth/sdk/pack';
import { HearthError } from '@hearth/contract';
import { Told } from '../told.ts';
import { Argument, Command, Option } from 'commander';
import { bytesText, printable } from '../text.ts';
import type { Bar } from '../progress.ts';
import type { ContextOf } from '../program.ts';
import { developerKey } from './developer-key.ts';

export const recipeArgument = (): Argument =>
  new Argument('[recipe]', 'folder with recipe.json').default('.', 'this folder');

/** @param of whose it is, for people */
export const architectureOption = (of: string): Option =>
  new Option('--arch <name>', `${of}; that of this machine unless told`).choices(['x86_64', 'aarch64']);

export function createCommand(contextOf: ContextOf): Command {
  return new Command('create')
    .description('begin a package from the template; needs a source checkout of Hearth')
    .argument('<folder>', 'to be made; its last part becomes the id of the package')
    .action(async (folder: string, _, command: Command) => {
      const { createPackage } = await import('@hearth/sdk/pack');
      const template = resolve(import.meta.dirname, '../../../template');
      const made = await createPackage(resolve(folder), template);
      contextOf(command).output.result(
        { ...made, folder },
        `${folder}: package ${made.id}; begin with package.ts, try it with: hearth package test ${folder}`,
      );
    });
}

export function packCommand(contextOf: ContextOf): Command {
  return new Command('pack')
    .description('build a package from its recipe and sign it')
    .addArgument(recipeArgument())
    .option('-o, --out <file>', 'the archive to be made; <id>.s9pk in the working directory unless told')
    .option('-k, --key <file>', 'signing key, PKCS#8 PEM; that of this user unless told; made if it is not there')
    .option('--cache <folder>', 'where built images are kept')
    .addOption(architectureOption('whom it is for'))
    .option('--fresh', 'build images anew')
    .addOption(new Option('--progress <how>', 'json: each event as one line of JSON').choices(['json']))
    .action(async (recipe: string, flags, command: Command) => {
      const context = contextOf(command);
      const { packPackage, readOrMakeKey, readRecipe } = await import('@hearth/sdk/pack');
      const asJson = flags.progress === 'json';
      const say = (event: PackEvent): void => context.output.line(JSON.stringify(event));
      const bar = context.output.bar();
      try {
        const packed = await packPackage({
          recipe,
          output: flags.out ?? `${(await readRecipe(recipe)).id}.s9pk`,
          key: await readOrMakeKey(developerKey(context, flags.key)),
          cache: flags.cache,
          architecture: flags.arch,
          fresh: flags.fresh,
          signal: context.signal,
          onEvent: asJson ? say : (event) => show(bar, event),
        });
        bar.end();
        if (asJson) say({ type: 'packed', ...packed });
        else context.output.result(packed, `${packed.file}: ${packed.id} ${packed.version}, ${bytesText(packed.size)}`);
      } catch (error) {
        bar.end();
        if (!asJson) throw error;
        // The last line of the events is the outcome, also this one.
        say({ type: 'failed', error: HearthError.from(error).toWire() });
        throw new Told(error);
      }
    });
}

/** The events of building, as a line that tells how far it is. */
export function show(bar: Bar, event: PackEvent): void {
  if (event.type === 'phase') bar.say(printable(event.name));
  else if (event.type === 'progress') bar.update(event.done, event.total, event.units);
}

export function publishCommand(contextOf: ContextOf): Command {
  return new Command('publish')
    .description('prove an archive and list it in a registry folder')
    .argument('<file>', 'the archive: what pack made')
    .argument('<folder>', 'of the registry: index.json and the archives; made if it is not there')
    .option('--name <name>', 'what the registry calls itself, if it is new')
    .option('--category <name>', 'may be repeated', (value: string, former?: string[]) => [...(former ?? []), value])
    .action(async (file: string, folder: string, flags, command: Command) => {
      const { publishToFolder } = await import('@hearth/sdk/pack');
      const categories: readonly string[] = flags.category ?? [];
      const published = await publishToFolder(file, folder, {
        ...(flags.name && { name: flags.name }),
        ...(categories.length > 0 && { categories }),
      });
      const { id, version } = published;
      contextOf(command).output.result({ ...published, folder }, `${id} ${version} is listed in ${folder}`);
    });
}
