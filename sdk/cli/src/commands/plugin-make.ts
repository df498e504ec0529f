/** `hearth plugin init`, `test` and `pack`: from nothing to a file that can be installed. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import type { ContextOf } from '../program.ts';
import { bytesText } from '../text.ts';

/** In a source checkout, beside the kit. */
const template = resolve(import.meta.dirname, '../../../plugin-kit/template');

export function makingCommands(contextOf: ContextOf): Command[] {
  return [initCommand(contextOf), testCommand(contextOf), packCommand(contextOf)];
}

function initCommand(contextOf: ContextOf): Command {
  return new Command('init')
    .description('begin a plugin from the template; needs a source checkout of Hearth')
    .argument('<folder>', 'to be made; its last part becomes the id of the plugin')
    .action(async (folder: string, _, command: Command) => {
      const { createPlugin } = await import('@hearth/plugin-kit/pack');
      const made = await createPlugin(resolve(folder), template);
      contextOf(command).output.result({ ...made, folder }, `${folder}: plugin ${made.id}; begin with index.ts`);
    });
}

function testCommand(contextOf: ContextOf): Command {
  return new Command('test')
    .description('run the tests of a plugin')
    .argument('[folder]', 'of the plugin', '.')
    .action(async (folder: string, _, command: Command) => {
      const context = contextOf(command);
      const { testPlugin } = await import('@hearth/plugin-kit/pack');
      await testPlugin(resolve(folder), (text) => void context.world.streams.stderr.write(text));
      context.output.result({ folder, good: true }, `${folder}: good`);
    });
}

function packCommand(contextOf: ContextOf): Command {
  return new Command('pack')
    .description('build a plugin and sign it')
    .argument('[folder]', 'of the plugin', '.')
    .requiredOption('-o, --out <file>', 'the archive to be made')
    .requiredOption('-k, --key <file>', 'signing key, PKCS#8 PEM; made if it is not there')
    .action(async (folder: string, flags, command: Command) => {
      const [{ packPlugin }, { readOrMakeKey }] = await Promise.all([
        import('@hearth/plugin-kit/pack'),
        import('@hearth/sdk/pack'),
      ]);
      const key = await readOrMakeKey(flags.key as string);
      const { manifest, file, size, rootSighash } = await packPlugin(
        resolve(folder),
        resolve(flags.out as string),
        key,
      );
      const { id, version } = manifest;
      contextOf(command).output.result(
        { id, version, file, size, rootSighash },
        `${file}: ${id} ${version}, ${bytesText(size)}`,
      );
    });
}
