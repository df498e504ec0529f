/** `hearth plugin`: plugins of others, and making one. */
import { stat } from 'node:fs/promises';
import type { CapabilityChange, PluginRow, PluginStatus } from '@hearth/contract';
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { ask } from '../files.ts';
import type { ContextOf } from '../program.ts';
import type { Rpc } from '../rpc.ts';
import { bytesText, printable, table } from '../text.ts';
import { makingCommands } from './plugin-make.ts';

interface Listed extends PluginRow {
  readonly status: PluginStatus;
  readonly may: readonly string[];
  readonly missing: readonly string[];
  readonly memory: number;
}

interface Inspection {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly about: string;
  readonly author: string | null;
  readonly signer: string;
  readonly rootSighash: string;
  readonly from: string | null;
  readonly changes: readonly CapabilityChange[];
  readonly refusal: { readonly code: string; readonly message: string } | null;
}

export function pluginCommands(contextOf: ContextOf): Command[] {
  const group = new Command('plugin').description('Install and allow plugins of others; make one');
  group.addCommand(listCommand(contextOf));
  group.addCommand(showCommand(contextOf));
  group.addCommand(inspectCommand(contextOf));
  group.addCommand(installCommand(contextOf));
  group.addCommand(grantCommand(contextOf));
  for (const verb of ['enable', 'disable'] as const) group.addCommand(switchCommand(contextOf, verb));
  group.addCommand(removeCommand(contextOf));
  group.addCommand(logsCommand(contextOf));
  for (const command of makingCommands(contextOf)) group.addCommand(command);
  return [group];
}

async function listed(context: Context): Promise<readonly Listed[]> {
  return (await (await context.box()).call<{ plugins: Listed[] }>('plugin.list')).plugins;
}

function listCommand(contextOf: ContextOf): Command {
  return new Command('list').description('list the plugins and how they run').action(async (_, command: Command) => {
    const context = contextOf(command);
    const plugins = await listed(context);
    context.output.result(plugins, () =>
      table(
        plugins.map(({ id, version, status, memory }) => [
          id,
          version,
          status.state,
          memory === 0 ? '' : bytesText(memory),
          printable(status.reason),
        ]),
      ),
    );
  });
}

function showCommand(contextOf: ContextOf): Command {
  return new Command('show')
    .description('show a plugin and what it may do')
    .argument('<id>')
    .action(async (id: string, _, command: Command) => {
      const context = contextOf(command);
      const plugin = (await listed(context)).find((each) => each.id === id);
      if (plugin === undefined) throw errors.pluginUnknown({ plugin: id });
      const lines = (words: readonly string[]): string => words.map((each) => `  - ${printable(each)}\n`).join('');
      context.output.result(
        plugin,
        () =>
          `${printable(plugin.title)} ${plugin.version}: ${plugin.status.state} ${printable(plugin.status.reason)}\n` +
          `${printable(plugin.about)}\nSigned by ${plugin.signer}\nIt may:\n${lines(plugin.may)}` +
          (plugin.missing.length === 0 ? '' : `It needs, and was not allowed:\n${lines(plugin.missing)}`),
      );
    });
}

function inspectCommand(contextOf: ContextOf): Command {
  return new Command('inspect')
    .description('show what a plugin file is and asks for, beside what is installed')
    .argument('<file>')
    .action(async (file: string, _, command: Command) => {
      const context = contextOf(command);
      const { inspection } = await send(context, await context.box(), file);
      context.output.result(inspection, () => words(inspection));
    });
}

function installCommand(contextOf: ContextOf): Command {
  return new Command('install')
    .description('install or update a plugin from a file, and allow what it asks for')
    .argument('<file>')
    .option('-y, --yes', 'allow everything it asks for, without being asked')
    .option(
      '--grant <capability>',
      'allow this; may be repeated',
      (value: string, former: string[]) => [...former, value],
      [],
    )
    .action(async (file: string, flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const { upload, inspection } = await send(context, box, file);
      if (inspection.refusal !== null) throw errors.pluginRefused({ reason: inspection.refusal.message });
      const wanted = inspection.changes.filter(({ needsGrant }) => needsGrant).map(({ capability }) => capability);
      const chosen = flags.grant as string[];
      const grant =
        chosen.length > 0 ? chosen : flags.yes === true ? wanted : await agreed(context, inspection, wanted);
      const answer = await box.call<{ id: string; rev: number }>('plugin.install', {
        ...{ upload, grant },
        expect: inspection.rootSighash,
      });
      context.output.result(answer, `${inspection.title} ${inspection.version} is installed`);
    });
}

/** Everything that needs agreement, or nothing: who wants to choose says so with --grant. */
async function agreed(context: Context, inspection: Inspection, wanted: readonly string[]): Promise<readonly string[]> {
  if (wanted.length === 0) return [];
  context.world.streams.stderr.write(`${words(inspection)}\n`);
  if (context.world.streams.stdin.isTTY !== true) throw errors.grantUnasked();
  const answer = await ask(context, 'Allow this? [y/N] ');
  if (!/^y(es)?$/i.test(answer.trim())) throw errors.grantDeclined();
  return wanted;
}

async function send(context: Context, box: Rpc, file: string): Promise<{ upload: string; inspection: Inspection }> {
  const found = await stat(file).catch((cause: unknown) => {
    throw errors.unreadable({ path: file, reason: 'it is not there' }, cause);
  });
  const bar = context.output.bar();
  bar.say('Sending');
  try {
    const upload = await box.upload(file, found.size, (done) => bar.update(done, found.size), context.signal);
    return { upload, inspection: await box.call<Inspection>('plugin.inspect', { upload }) };
  } finally {
    bar.end();
  }
}

const marks = { new: '+', more: '+', less: '-', same: ' ', gone: '-' } as const;

function words(inspection: Inspection): string {
  const { title, version, from, about, author, signer, changes, refusal } = inspection;
  const lines = changes.map(({ change, sentence, before, reason, optional, needsGrant }) => {
    const former = before === null ? '' : ` (until now: ${before})`;
    const end = change === 'gone' ? 'no longer asked for' : reason;
    const kind = optional && needsGrant ? ', if you like' : '';
    return `${marks[change]} ${printable(sentence)}${printable(former)}${kind}\n      ${printable(end)}`;
  });
  return [
    `${printable(title)} ${from === null ? version : `${from} -> ${version}`}: ${printable(about)}`,
    `By ${printable(author ?? 'nobody named')}, signed with key ${signer.slice(0, 16)}…`,
    ...(lines.length === 0 ? ['It asks for nothing.'] : ['It asks to:', ...lines]),
    ...(refusal === null ? [] : [printable(refusal.message)]),
  ].join('\n');
}

function grantCommand(contextOf: ContextOf): Command {
  return new Command('grant')
    .description('set what a plugin may do: exactly these, of what it asks for')
    .argument('<id>')
    .argument('[capabilities...]', 'as in notifications')
    .action(async (id: string, capabilities: string[], _, command: Command) => {
      const context = contextOf(command);
      const answer = await (await context.box()).call('plugin.grant', { id, capabilities });
      context.output.result(answer, `${id} may do ${capabilities.length === 0 ? 'nothing' : capabilities.join(', ')}`);
    });
}

function switchCommand(contextOf: ContextOf, verb: 'enable' | 'disable'): Command {
  return new Command(verb)
    .description(verb === 'enable' ? 'run a plugin from now on' : 'stop a plugin; its data stays')
    .argument('<id>')
    .action(async (id: string, _, command: Command) => {
      const context = contextOf(command);
      const answer = await (await context.box()).call(`plugin.${verb}`, { id });
      context.output.result(answer, `${id} is ${verb}d`);
    });
}

function removeCommand(contextOf: ContextOf): Command {
  return new Command('remove')
    .description('remove a plugin and its data')
    .argument('<id>')
    .option('--keep-data', 'a later installation from the same author finds it')
    .action(async (id: string, flags, command: Command) => {
      const context = contextOf(command);
      const answer = await (await context.box()).call('plugin.remove', { id, keepData: flags.keepData === true });
      context.output.result(answer, `${id} is removed`);
    });
}

function logsCommand(contextOf: ContextOf): Command {
  return new Command('logs')
    .description('show what a plugin wrote')
    .argument('<id>')
    .option('-n, --lines <n>', 'how many', '100')
    .action(async (id: string, flags, command: Command) => {
      const context = contextOf(command);
      type Line = { time: number; level: string; message: string };
      const input = { id, limit: Number(flags.lines) };
      const { lines } = await (await context.box()).call<{ lines: Line[] }>('plugin.logs', input);
      context.output.result(lines, () =>
        lines
          .map(({ time, level, message }) => `${new Date(time).toISOString()} ${level} ${printable(message)}`)
          .join('\n'),
      );
    });
}
