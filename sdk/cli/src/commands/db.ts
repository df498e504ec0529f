/** `hearth db` and `hearth audit`: the state, who changed what and when, who called what. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import { printable, table } from '../text.ts';
import type { ContextOf } from '../program.ts';
import type { Rpc } from '../rpc.ts';
import { rescueCommands } from './rescue.ts';

interface Change {
  readonly seq: number;
  readonly at: number;
  readonly by: string | null;
  readonly slice: string;
  readonly reason: string;
  readonly paths: readonly string[];
}

interface Call {
  readonly seq: number;
  readonly at: number;
  readonly who: string;
  readonly from: string;
  readonly method: string;
  readonly about: Readonly<Record<string, string>>;
  readonly outcome: string;
}

/** How often a watch asks; and how many changes it may have missed meanwhile before it says so. */
const watchMs = 500;
const watchLimit = 1000;

export function dbCommands(contextOf: ContextOf): Command[] {
  const db = new Command('db').description('Look at the state of the box, and mend it');
  db.command('dump [pointer]')
    .description('print the state, or the part a JSON pointer names: /services/syncthing')
    .action(async (pointer: string | undefined, _, command: Command) => {
      const context = contextOf(command);
      const answer = await (await context.box()).call<{ value: unknown }>('db.dump', { pointer: pointer ?? '' });
      context.output.result(answer, () => JSON.stringify(answer.value, null, 2));
    });
  db.command('history')
    .description('list the latest changes: when, who, why, what; the latest last')
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .option('--before <seq>', 'those before this one', wholeNumber)
    .action(async (flags: { limit: number; before?: number }, command: Command) => {
      const context = contextOf(command);
      const changes = await changesOf(await context.box(), flags);
      context.output.result(changes, () => table(changes.map(words)));
    });
  db.command('watch [pointer]')
    .description('print changes as they happen, until Ctrl-C; of the part a JSON pointer names, or of all')
    .action(async (pointer: string | undefined, _, command: Command) => {
      const context = contextOf(command);
      await watch(context, await context.box(), pointer ?? '');
    });
  for (const command of rescueCommands(contextOf)) db.addCommand(command);
  const audit = new Command('audit')
    .description('list who called what that changes something; the latest last')
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .action(async (flags: { limit: number }, command: Command) => {
      const context = contextOf(command);
      const page = await (await context.box()).call<{ rows: Call[]; intact: boolean }>('audit.list', flags);
      const rows = page.rows
        .toReversed()
        .map(({ at, who, from, method, about, outcome }) => [
          new Date(at).toISOString(),
          printable(`${who} (${from})`),
          method,
          printable(Object.values(about).join(' ')),
          outcome,
        ]);
      const warning = page.intact ? [] : ['The log is not as it was written: lines were changed, lost or cut short.'];
      context.output.result(page, () => [table(rows), ...warning].join('\n'));
    });
  return [db, audit];
}

/** The latest last. */
async function changesOf(box: Rpc, options: { limit: number; before?: number }): Promise<Change[]> {
  const { rows } = await box.call<{ rows: Change[] }>('db.history', options);
  return rows.toReversed();
}

async function watch(context: Context, box: Rpc, pointer: string): Promise<void> {
  let seen = (await changesOf(box, { limit: 1 })).at(-1)?.seq ?? 0;
  const touches = (path: string): boolean =>
    pointer === '' || `${path}/`.startsWith(`${pointer}/`) || `${pointer}/`.startsWith(`${path}/`);
  while (!context.signal.aborted) {
    const fresh = (await changesOf(box, { limit: watchLimit })).filter(({ seq }) => seq > seen);
    for (const change of fresh) {
      seen = change.seq;
      // What private parts hold is not told, only that they changed: no paths.
      if (pointer === '' || change.paths.some(touches)) context.output.result(change, words(change).join('  '));
    }
    await sleep(watchMs, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

function words({ seq, at, by, slice, reason, paths }: Change): string[] {
  const what = paths.length === 0 ? `${slice} (private)` : paths.slice(0, 3).join(' ');
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return [String(seq), new Date(at).toISOString(), printable(by ?? 'hearth'), reason, printable(what + more)];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
}
