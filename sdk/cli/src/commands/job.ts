/** `hearth job`: long work. */
import type { JobRow } from '@hearth/contract';
import { Command } from 'commander';
import { followJob } from '../follow.ts';
import { printable, table } from '../text.ts';
import type { ContextOf } from '../program.ts';

export function jobCommands(contextOf: ContextOf): Command[] {
  const job = new Command('job').description('See and steer long work');
  job
    .command('list')
    .description('list the jobs, the latest last')
    .action(async (_, command: Command) => {
      const context = contextOf(command);
      const rows = await (await context.box()).call<JobRow[]>('job.list');
      const sorted = rows.toSorted((a, b) => a.startedAt - b.startedAt);
      context.output.result(sorted, () =>
        table(sorted.map((row) => [row.id, row.state, new Date(row.startedAt).toISOString(), printable(row.title)])),
      );
    });
  job
    .command('show <job>')
    .description('show how a job stands')
    .action(async (id: string, _, command: Command) => {
      const context = contextOf(command);
      const row = await (await context.box()).call<JobRow>('job.get', { job: id });
      const why = row.error === null ? '' : `\n${printable(row.error.message)}`;
      context.output.result(row, `${printable(row.title)}: ${row.state}${why}`);
    });
  job
    .command('follow <job>')
    .description('watch a job until it is over; Ctrl-C leaves it to itself')
    .action(async (id: string, _, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      // Patience is for a box that was there.
      await box.call('job.get', { job: id });
      await followJob(context, box, id);
    });
  job
    .command('cancel <job>')
    .description('cancel a job; what it did so far is undone')
    .action(async (id: string, _, command: Command) => {
      const context = contextOf(command);
      const answer = await (await context.box()).call('job.cancel', { job: id });
      context.output.result(answer, 'cancelling');
    });
  return [job];
}
