/** `hearth support` and the commands for a state that is broken: see, take, go back, repair. */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { printable, table } from '../text.ts';
import type { ContextOf } from '../program.ts';

interface Snapshot {
  readonly name: string;
  readonly at: number;
  readonly occasion: string;
  readonly bytes: number;
}
interface Restarts {
  readonly restarts: boolean;
}

const occasions: Readonly<Record<string, string>> = {
  asked: 'asked for',
  daily: 'daily',
  update: 'before another release',
  restore: 'before going back',
};

export function supportCommand(contextOf: ContextOf): Command {
  const support = new Command('support').description('For whoever is to help');
  support
    .command('bundle [file]')
    .description(
      'write down how the box is, without secrets: JSON to read before it is sent; prints it unless a file is named',
    )
    .action(async (file: string | undefined, _, command: Command) => {
      const context = contextOf(command);
      const { bundle } = await (await context.box()).call<{ bundle: object }>('support.bundle');
      const text = `${JSON.stringify(bundle, null, 2)}\n`;
      if (file === undefined) return context.output.result(bundle, text.trimEnd());
      await writeFile(file, text, { mode: 0o600 });
      context.output.result(
        { file, bytes: Buffer.byteLength(text) },
        `written to ${printable(file)}: read it before you send it`,
      );
    });
  return support;
}

/** Beneath `hearth db`. */
export function rescueCommands(contextOf: ContextOf): Command[] {
  const snapshot = new Command('snapshot').description('Snapshots of the state to go back to');
  snapshot
    .command('list')
    .description('list them, the latest last')
    .action(async (_, command: Command) => {
      const context = contextOf(command);
      const { snapshots } = await (await context.box()).call<{ snapshots: Snapshot[] }>('db.snapshot.list');
      const rows = snapshots.toReversed();
      context.output.result(rows, () =>
        table(
          rows.map(({ name, at, occasion, bytes }) => [
            name,
            new Date(at).toISOString(),
            occasions[occasion] ?? occasion,
            `${Math.ceil(bytes / 1000)} kB`,
          ]),
        ),
      );
    });
  snapshot
    .command('create')
    .description('take one')
    .action(async (_, command: Command) => {
      const context = contextOf(command);
      const made = await (await context.box()).call<{ snapshot: string }>('db.snapshot.create');
      context.output.result(made, made.snapshot);
    });
  const restore = new Command('restore')
    .description('take the state back to a snapshot; services and their data stay as they are')
    .argument('<snapshot>', 'as hearth db snapshot list names it')
    .action(async (name: string, _, command: Command) => {
      const context = contextOf(command);
      const answer = await (await context.box()).call<Restarts>('db.restore', { snapshot: name });
      context.output.result(answer, wordsFor(answer));
    });
  const repair = new Command('repair')
    .description('make a state that cannot be opened open again; what is damaged is put aside, not lost')
    .action(async (_, command: Command) => {
      const context = contextOf(command);
      const answer = await (await context.box()).call<Restarts>('db.repair');
      context.output.result(answer, wordsFor(answer));
    });
  return [snapshot, restore, repair];
}

function wordsFor({ restarts }: Restarts): string {
  return restarts ? 'Hearth starts anew; see: hearth status' : 'Start Hearth again for it to be done';
}
