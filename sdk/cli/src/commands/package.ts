/** `hearth package`: services on the box, and packages for it. */
import { HearthError, type ServiceRow } from '@hearth/contract';
import { Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { settle } from '../follow.ts';
import type { Begun } from '../follow.ts';
import { printable, reasonOf, table } from '../text.ts';
import type { ContextOf } from '../program.ts';
import type { Rpc } from '../rpc.ts';
import { devCommand } from './package-dev.ts';
import { attachCommand } from './package-attach.ts';
import { actionCommands } from './package-actions.ts';
import { createCommand, packCommand, publishCommand } from './package-pack.ts';
import { testCommand } from './package-test.ts';
import { sideload } from './sideload.ts';

const detachOption = (): Option => new Option('-d, --detach', 'do not wait until it is done');

export function packageCommands(contextOf: ContextOf): Command[] {
  const group = new Command('package').alias('service').description('Install and run services; build packages');
  group.addCommand(listCommand(contextOf));
  group.addCommand(availableCommand(contextOf));
  group.addCommand(installCommand(contextOf));
  for (const verb of ['start', 'stop', 'restart'] as const) group.addCommand(moveCommand(contextOf, verb));
  group.addCommand(uninstallCommand(contextOf));
  group.addCommand(logsCommand(contextOf));
  group.addCommand(attachCommand(contextOf));
  for (const command of actionCommands(contextOf)) group.addCommand(command);
  group.addCommand(createCommand(contextOf));
  group.addCommand(devCommand(contextOf));
  group.addCommand(testCommand(contextOf));
  group.addCommand(packCommand(contextOf));
  group.addCommand(publishCommand(contextOf));
  return [group];
}

function listCommand(contextOf: ContextOf): Command {
  return new Command('list').description('list the installed services').action(async (_, command: Command) => {
    const context = contextOf(command);
    const rows = await (await context.box()).call<ServiceRow[]>('package.list');
    context.output.result(rows, () =>
      table(rows.map(({ id, manifest, status }) => [id, manifest.version, status.actual, reasonOf(status)])),
    );
  });
}

function availableCommand(contextOf: ContextOf): Command {
  return new Command('available').description('list what can be installed').action(async (_, command: Command) => {
    const context = contextOf(command);
    type Offer = { id: string; title: string; versions?: { version: string }[] };
    const { packages } = await (await context.box()).call<{ packages: Offer[] }>('marketplace.list');
    context.output.result(packages, () =>
      table(packages.map(({ id, title, versions }) => [id, versions?.[0]?.version ?? '', printable(title)])),
    );
  });
}

function installCommand(contextOf: ContextOf): Command {
  return new Command('install')
    .description('install a service or bring it to another version; or install from an .s9pk file')
    .argument('<id>', 'of the service, or a file ending in .s9pk')
    .option('--version <version>', 'not the newest but this one')
    .option('--registry <url>', 'from this registry only')
    .option('--accept-signer <hex>', 'take an update by this key although another key signed what is installed')
    .option('--no-start', 'do not start it')
    .addOption(detachOption())
    .action(async (id: string, flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const begun = id.endsWith('.s9pk')
        ? await sideload(context, box, id, { start: flags.start })
        : await box.call<Begun>('package.install', {
            id,
            start: flags.start,
            ...(flags.version && { version: flags.version }),
            ...(flags.registry && { registry: flags.registry }),
            ...(flags.acceptSigner && { acceptSigner: flags.acceptSigner }),
          });
      await settle(context, box, begun, flags);
    });
}

const goals = { start: ['running'], stop: ['stopped'], restart: ['running'] } as const;
const failures = ['failed', 'crashed'];
const pollMs = 300;

const moveOptions: Readonly<Record<keyof typeof goals, readonly (() => Option)[]>> = {
  start: [
    () => new Option('--with-dependencies', 'start what it needs too'),
    () => new Option('--alone', 'start it although what it needs is stopped').conflicts('withDependencies'),
  ],
  stop: [
    () => new Option('--with-dependants', 'stop what needs it too, and before it'),
    () => new Option('--force', 'at once, where its stop hangs'),
  ],
  restart: [],
};

async function ask(box: Rpc, verb: keyof typeof goals, id: string, flags: Record<string, unknown>): Promise<unknown> {
  const more = {
    ...(verb === 'start' && flags['withDependencies'] === true && { withDependencies: true }),
    ...(verb === 'start' && flags['alone'] === true && { withDependencies: false }),
    ...(flags['withDependants'] === true && { withDependants: true }),
    ...(flags['force'] === true && { force: true }),
  };
  try {
    return await box.call(`package.${verb}`, { id, ...more });
  } catch (error) {
    if (!HearthError.is(error) || error.code !== 'services.needsOthers') throw error;
    throw errors.needsOthers({ ...error.data, service: id }, error);
  }
}

function moveCommand(contextOf: ContextOf, verb: keyof typeof goals): Command {
  const command = new Command(verb)
    .description(`${verb} a service and wait until it is ${goals[verb][0] === 'running' ? 'running' : 'stopped'}`)
    .argument('<id>')
    .addOption(detachOption());
  for (const option of moveOptions[verb]) command.addOption(option());
  return command.action(async (id: string, flags: Record<string, unknown>, self: Command) => {
    const context = contextOf(self);
    const box = await context.box();
    const before = await statusOf(box, id);
    const answer = await ask(box, verb, id, flags);
    if (flags['detach'] === true) {
      context.output.result(answer, 'asked');
      return;
    }
    const reached = await waitFor(context, box, id, verb, before);
    if (reached === null) context.output.note('Not waiting any longer; the box goes on.');
    else context.output.result({ id, status: reached }, `${id}: ${reached.actual}`);
  });
}

type Status = ServiceRow['status'];

async function statusOf(box: Rpc, id: string): Promise<Status> {
  const rows = await box.call<ServiceRow[]>('package.list');
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw errors.unknownService({ service: id });
  return row.status;
}

/** @returns null when the person left */
async function waitFor(
  context: Context,
  box: Rpc,
  id: string,
  verb: keyof typeof goals,
  before: Status,
): Promise<Status | null> {
  const bar = context.output.bar();
  const goal: readonly string[] = goals[verb];
  try {
    for (;;) {
      const status = await statusOf(box, id);
      // A restart has to go down first: what still runs since before is not it yet.
      const same = verb === 'restart' && status.startedAt === before.startedAt && before.startedAt !== null;
      if (goal.includes(status.actual) && !same) return status;
      if (failures.includes(status.actual) && status.since !== before.since) {
        throw errors.notReached({ verb, service: id, actual: status.actual, reason: status.reason });
      }
      bar.say(`${id}: ${status.actual}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      if (context.signal.aborted) return null;
    }
  } finally {
    bar.end();
  }
}

function uninstallCommand(contextOf: ContextOf): Command {
  return new Command('uninstall')
    .description('uninstall a service')
    .argument('<id>')
    .option('--keep-data', 'leave its data; a later installation finds it')
    .option('--force', 'although its own clean-up fails')
    .addOption(detachOption())
    .action(async (id: string, flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const input = { id, soft: flags.keepData === true, force: flags.force === true };
      await settle(context, box, await box.call<Begun>('package.uninstall', input), flags);
    });
}

function logsCommand(contextOf: ContextOf): Command {
  return new Command('logs')
    .description('show what a service wrote')
    .argument('<id>')
    .option('-n, --lines <n>', 'how many', '200')
    .option('-f, --follow', 'go on as more is written; Ctrl-C ends it')
    .action(async (id: string, flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      let after: string | undefined;
      do {
        const page = await box.call<Page>('package.logs', {
          id,
          limit: Number(flags.lines),
          ...(after !== undefined && { after }),
        });
        if (context.output.json) for (const entry of page.entries) context.output.line(JSON.stringify(entry));
        else for (const entry of page.entries) context.output.line(lineOf(entry));
        after = page.cursor;
        if (flags.follow === true && page.entries.length === 0)
          await new Promise((resolve) => setTimeout(resolve, 1000));
      } while (flags.follow === true && !context.signal.aborted);
    });
}

interface Page {
  readonly entries: readonly { readonly time: number; readonly source: string; readonly text: string }[];
  readonly cursor: string;
}

function lineOf({ time, source, text }: Page['entries'][number]): string {
  return `${new Date(time).toISOString()} ${source}: ${printable(text)}`;
}
