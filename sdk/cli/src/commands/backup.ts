/** `hearth backup`: where backups go, making them, bringing services back. */
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { errors } from '../errors.ts';
import { readPassword } from '../files.ts';
import { settle } from '../follow.ts';
import type { Begun } from '../follow.ts';
import { printable, table } from '../text.ts';
import { fillIn, kindsOf } from './backup-place.ts';
import type { ContextOf } from '../program.ts';
import type { Rpc } from '../rpc.ts';

interface Target {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly path?: string;
  readonly lastRun: { readonly at: number; readonly outcome: string } | null;
}

const targetOption = (): Option =>
  new Option('-t, --target <id>', 'where backups go; the only target unless there are more');
const detachOption = (): Option => new Option('-d, --detach', 'do not wait; print the job');

export function backupCommands(contextOf: ContextOf): Command[] {
  const backup = new Command('backup').description('Back services up and bring them back');
  backup.addCommand(targetCommand(contextOf));
  backup
    .command('create')
    .description('back services up: all, unless some are named')
    .argument('[services...]')
    .addOption(targetOption())
    .addOption(detachOption())
    .action(async (services: string[], flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const target = await targetOf(box, flags.target);
      const input = { target, ...(services.length > 0 && { services }) };
      await settle(context, box, await box.call<Begun>('backup.create', input), flags);
    });
  backup
    .command('list')
    .description('list the backups a target holds')
    .addOption(targetOption())
    .action(async (flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const target = await targetOf(box, flags.target);
      type Snapshot = { id: string; time: number; service: string; version: string | null };
      const { snapshots } = await box.call<{ snapshots: Snapshot[] }>('backup.snapshot.list', { target });
      context.output.result(snapshots, () =>
        table(
          snapshots.map((row) => [
            row.id.slice(0, 12),
            new Date(row.time).toISOString(),
            row.service,
            row.version ?? '',
          ]),
        ),
      );
    });
  backup
    .command('restore')
    .description('restore services that are not installed')
    .argument('<services...>')
    .addOption(targetOption())
    .option('-s, --snapshot <id>', 'this backup, not the latest')
    .addOption(detachOption())
    .action(async (ids: string[], flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const target = await targetOf(box, flags.target);
      const input = { target, ids, ...(flags.snapshot && { snapshot: flags.snapshot }) };
      type Restoring = Begun & { jobs?: { id: string; job: string }[] };
      const begun = await box.call<Restoring>('package.backup.restore', input);
      const jobs = begun.jobs ?? [{ id: '', job: begun.job }];
      if (flags.detach === true) context.output.result(begun, jobs.map(({ job }) => job).join('\n'));
      else for (const { job } of jobs) await settle(context, box, { job, rev: begun.rev }, {});
    });
  return [backup];
}

function targetCommand(contextOf: ContextOf): Command {
  const target = new Command('target').description('Where backups go');
  target
    .command('list')
    .description('list the targets')
    .action(async (_, command: Command) => {
      const context = contextOf(command);
      const targets = await targetsOf(await context.box());
      context.output.result(targets, () =>
        table(
          targets.map((row) => [row.id, printable(row.name), row.path ?? row.kind, row.lastRun?.outcome ?? 'never']),
        ),
      );
    });
  target
    .command('add')
    .description('keep backups in a folder of the box, or a place a plugin brings, sealed with a password')
    .argument('[folder]')
    .option('--name <name>', 'what it is called')
    .option('--kind <kind>', 'instead of a folder: a kind of place (hearth backup target kinds)')
    .option('--set <field=value...>', 'what the kind needs to know')
    .option('--set-file <field=file...>', 'the same from a file, as secrets must be; - reads standard input')
    .option('--password-file <file>', 'file with the password of the backups; - reads standard input')
    .action(async (folder: string | undefined, flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const { kind, set = [], setFile = [], name } = flags;
      if ((folder === undefined) === (kind === undefined)) throw errors.folderOrKind();
      const place =
        folder === undefined
          ? { kind, settings: await fillIn(context, box, kind, set, setFile) }
          : { path: resolve(folder) };
      const password = await readPassword(context, flags.passwordFile, 'Password of the backups: ', true);
      const input = { name: name ?? place.path ?? kind, ...place, password };
      const answer = await box.call<{ id: string }>('backup.target.add', input);
      context.output.result(answer, answer.id);
    });
  target
    .command('kinds')
    .description('list the kinds of places that plugins bring, and what each needs to know')
    .action(async (_, command: Command) => {
      const context = contextOf(command);
      const kinds = await kindsOf(await context.box());
      context.output.result(kinds, () =>
        table(
          kinds.map(({ id, name, form, unavailable }) => [
            id,
            printable(name),
            Object.keys(form).join(', '),
            unavailable === null ? '' : printable(unavailable),
          ]),
        ),
      );
    });
  target
    .command('remove <id>')
    .description('forget a target; the backups stay there')
    .action(async (id: string, _, command: Command) => {
      const context = contextOf(command);
      context.output.result(await (await context.box()).call('backup.target.remove', { id }), 'removed');
    });
  return target;
}

async function targetsOf(box: Rpc): Promise<readonly Target[]> {
  return (await box.call<{ targets: Target[] }>('backup.target.list')).targets;
}

async function targetOf(box: Rpc, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const targets = await targetsOf(box);
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) return only.id;
  throw errors.noTarget({ count: targets.length });
}
