/** The tree of commands, and how it ends: 0 good, 1 refused or failed, 2 wrong usage. */
import { Command, CommanderError, Option } from 'commander';
import { HearthError } from '@hearth/contract';
import { readEnvironment } from './config.ts';
import { Context } from './context.ts';
import type { GlobalOptions, World } from './context.ts';
import { backupCommands } from './commands/backup.ts';
import { callCommands } from './commands/call.ts';
import { completionCommand } from './commands/completion.ts';
import { dbCommands } from './commands/db.ts';
import { exverCommands } from './commands/exver.ts';
import { jobCommands } from './commands/job.ts';
import { packageCommands } from './commands/package.ts';
import { pluginCommands } from './commands/plugin.ts';
import { supportCommand } from './commands/rescue.ts';
import { inspectOrder, s9pkCommands } from './commands/s9pk.ts';
import { serverCommands } from './commands/server.ts';
import { Output } from './output.ts';
import { Told } from './told.ts';

const about = `Drive a Hearth box, and make packages for it.

On the box, root needs no log-in. Elsewhere: hearth login URL.`;

const closing = `
Exit codes: 0 good, 1 refused or failed (the reason is told), 2 wrong usage.`;

/** How a command gets at its context: options may stand before or after its name. */
export type ContextOf = (command: Command) => Context;

export function program(world: World): Command {
  const root = new Command('hearth')
    .description(about)
    .addHelpText('after', closing)
    .option('--json', 'print one JSON value; errors as {"error":{"code",...}}')
    .addOption(new Option('--socket <path>', 'admin socket of the box'))
    .addOption(new Option('--server <url>', 'address of the box (HEARTH_SERVER)').conflicts('socket'))
    .addOption(new Option('--run <folder>', 'folder of the sockets of the box on this machine (/run/hearth)'))
    .addOption(new Option('--data <folder>', 'data folder of the box on this machine (/var/lib/hearth)'))
    .helpCommand(true)
    .showSuggestionAfterError(true);
  const contextOf: ContextOf = (command) => new Context(command.optsWithGlobals<GlobalOptions>(), world);
  const groups = [
    serverCommands,
    packageCommands,
    pluginCommands,
    backupCommands,
    jobCommands,
    callCommands,
    dbCommands,
    s9pkCommands,
    exverCommands,
  ];
  for (const group of groups) for (const command of group(contextOf)) root.addCommand(command);
  root.addCommand(supportCommand(contextOf));
  root.addCommand(completionCommand(root, contextOf));
  // Each subcommand decides for itself how it ends; none may end the process.
  const settle = (command: Command): void => {
    command.exitOverride().configureOutput({
      writeOut: (text) => void world.streams.stdout.write(text),
      writeErr: (text) => void world.streams.stderr.write(text),
    });
    command.commands.forEach(settle);
  };
  settle(root);
  return root;
}

/** Runs one command line. Never throws. @returns the exit code */
export async function run(args: readonly string[], given: Partial<World> = {}): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const world: World = {
    environment: given.environment ?? readEnvironment(),
    streams: given.streams ?? { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    signal: given.signal ?? stop.signal,
  };
  if (given.signal === undefined) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  try {
    await program(world).parseAsync(inspectOrder(args), { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Told) return error.code;
    if (world.signal.aborted) return 130;
    new Output(args.includes('--json'), world.streams).failure(HearthError.from(error));
    return 1;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}
