/** `hearth call`: every method of the API as a command of its own, with a flag for each parameter. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type { MethodFacts, ParameterFacts } from '../api.ts';
import type { Context } from '../context.ts';
import { parseJson, readPassword, readStdin } from '../files.ts';
import { type Begun, settle } from '../follow.ts';
import { type MethodName, methods } from '../methods.gen.ts';
import type { ContextOf } from '../program.ts';

type Flags = Readonly<Record<string, unknown>>;

const note = `
Parameters may also come as one JSON object, from the command line or, with -, from standard input; flags win over it.
A call that begins long work shows how far it is until it is done; Ctrl-C leaves the work to itself (hearth job cancel).`;

export function callCommands(contextOf: ContextOf): Command[] {
  const call = new Command('call')
    .description('call any method of the API')
    .argument('[method]', 'as in package.start')
    .argument('[input]', 'JSON; - reads it from standard input', '{}')
    .addHelpText('after', note)
    // What the box knows and this release does not: a plugin's own methods.
    .action(async (method: string | undefined, input: string, _, command: Command) => {
      if (method === undefined) command.error("error: missing required argument 'method'", { exitCode: 2 });
      await callIt(contextOf(command), method, input, {}, null);
    });
  for (const facts of methods) call.addCommand(methodCommand(facts, contextOf));
  return [call];
}

function methodCommand(facts: MethodFacts, contextOf: ContextOf): Command {
  const command = new Command(facts.name)
    .description(`${facts.about} (${facts.allow})`)
    .argument('[input]', 'JSON; - reads it from standard input', '{}')
    .action(async (input: string, flags: Flags, self: Command) =>
      callIt(contextOf(self), facts.name, input, flags, facts),
    );
  for (const parameter of facts.parameters) command.addOption(optionFor(parameter));
  if (facts.job) command.option('--detach', 'only begin it; do not wait until it is done');
  return command;
}

function optionFor(parameter: ParameterFacts): Option {
  const flag = flagOf(parameter.name);
  const about = parameter.about ?? (parameter.required ? 'required' : '');
  switch (parameter.kind) {
    case 'switch':
      return new Option(`--${flag} [true|false]`, about).preset('true').choices(['true', 'false']);
    case 'list':
      return new Option(`--${flag} <text...>`, about);
    case 'number':
      return new Option(`--${flag} <n>`, about).argParser(numberOf);
    case 'secret':
      return new Option(`--${flag}-file <file>`, `${about === '' ? 'a secret' : about}; - reads standard input`);
    case 'json':
      return new Option(`--${flag} <json>`, about);
    case 'text': {
      const option = new Option(`--${flag} <text>`, about);
      return parameter.choices === undefined ? option : option.choices(parameter.choices);
    }
  }
}

/** `packageId` -> `package-id`. */
function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function callIt(
  context: Context,
  method: string,
  input: string,
  flags: Flags,
  facts: MethodFacts | null,
): Promise<void> {
  const given = parseJson(input === '-' ? await readStdin(context) : input, 'the input') as object;
  const params: Record<string, unknown> = { ...given };
  for (const parameter of facts?.parameters ?? []) {
    const value = await valueOf(context, parameter, flags);
    if (value !== undefined) params[parameter.name] = value;
  }
  const box = await context.box();
  const answer = await box.call(method as MethodName, params, context.signal);
  if (facts?.job === true) await settle(context, box, answer as Begun, flags);
  else context.output.result(answer, () => JSON.stringify(answer, null, 2));
}

async function valueOf(context: Context, { name, kind }: ParameterFacts, flags: Flags): Promise<unknown> {
  if (kind === 'secret') {
    const file = flags[`${name}File`];
    return typeof file === 'string' ? readPassword(context, file, '') : undefined;
  }
  const value = flags[name];
  if (value === undefined) return undefined;
  if (kind === 'switch') return value === 'true';
  return kind === 'json' && typeof value === 'string' ? parseJson(value, `--${flagOf(name)}`) : value;
}

function numberOf(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('a number is needed.');
  return Number(text);
}
