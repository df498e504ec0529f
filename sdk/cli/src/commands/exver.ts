/** `hearth exver`: the algebra of versions, for scripts. */
import { compareVersions, parseVersion, printVersion, satisfies } from '@hearth/exver';
import { Command } from 'commander';
import type { ContextOf } from '../program.ts';

export function exverCommands(contextOf: ContextOf): Command[] {
  const exver = new Command('exver').description('Compare versions (28.1:2) and ranges of them (^1.2 || >=3)');
  exver
    .command('parse <version>')
    .description('print a version as it is written properly')
    .action((version: string, _, command: Command) => {
      const parsed = parseVersion(version);
      contextOf(command).output.result({ version: printVersion(parsed), ...parsed }, printVersion(parsed));
    });
  exver
    .command('compare <a> <b>')
    .description('print how a stands to b: less, equal, greater, or none for different flavors')
    .action((a: string, b: string, _, command: Command) => {
      const order = compareVersions(a, b) ?? 'none';
      contextOf(command).output.result({ order }, order);
    });
  exver
    .command('satisfies <version> <range>')
    .description('print true or false')
    .action((version: string, range: string, _, command: Command) => {
      const satisfied = satisfies(version, range);
      contextOf(command).output.result({ satisfies: satisfied }, String(satisfied));
    });
  return [exver];
}
