/** `hearth package actions|form|run|tasks|dismiss|needs`: what a service offers, asks for and needs. */
import { basename } from 'node:path';
import { stat } from 'node:fs/promises';
import type { NeedEntry, ServiceRow, TaskEntry } from '@hearth/contract';
import { Command } from 'commander';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { parseJson, readStdin } from '../files.ts';
import { leavesOf, readValue, recordOf, setField, type Spec, startValue } from '../form.ts';
import type { ContextOf } from '../program.ts';
import { resultText } from '../result.ts';
import type { Rpc } from '../rpc.ts';
import { printable, table } from '../text.ts';

export function actionCommands(contextOf: ContextOf): Command[] {
  return [
    actionsCommand(contextOf),
    formCommand(contextOf),
    runCommand(contextOf),
    tasksCommand(contextOf),
    dismissCommand(contextOf),
    needsCommand(contextOf),
  ];
}

async function rowOf(box: Rpc, id: string): Promise<ServiceRow> {
  const rows = await box.call<ServiceRow[]>('package.list');
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw errors.unknownService({ service: id });
  return row;
}

const times = { any: '', 'only-running': 'while it runs', 'only-stopped': 'while it is stopped' } as const;

function actionsCommand(contextOf: ContextOf): Command {
  return new Command('actions')
    .description('list what a service lets its owner do')
    .argument('<id>')
    .action(async (id: string, _, command: Command) => {
      const context = contextOf(command);
      const { actions } = await rowOf(await context.box(), id);
      const shown = Object.entries(actions).filter(([, { visibility }]) => visibility !== 'hidden');
      context.output.result(Object.fromEntries(shown), () =>
        table(
          shown.map(([action, { name, visibility, allowedStatuses }]) => [
            action,
            printable(name),
            typeof visibility === 'object' ? printable(visibility.disabled) : times[allowedStatuses],
          ]),
        ),
      );
    });
}

interface Input {
  readonly eventId: string;
  readonly spec: Spec;
  readonly value: Record<string, unknown> | null;
}

async function inputOf(box: Rpc, service: string, action: string, prefill: object | null): Promise<Input | null> {
  const asked = { packageId: service, actionId: action, ...(prefill !== null && { prefill }) };
  return box.call<Input | null>('package.action.get-input', asked);
}

function formCommand(contextOf: ContextOf): Command {
  return new Command('form')
    .description('show the fields of an action, and what stands in them')
    .argument('<id>')
    .argument('<action>')
    .option('--reveal', 'show secrets too')
    .action(async (id: string, action: string, flags, command: Command) => {
      const context = contextOf(command);
      const input = await inputOf(await context.box(), id, action, null);
      context.output.result(input, () =>
        input === null ? 'It takes nothing.' : formText(input, flags.reveal === true),
      );
    });
}

function formText({ spec, value }: Input, reveal: boolean): string {
  const rows = leavesOf(spec, startValue(spec, value)).map(({ path, field, value: now }) => {
    const secret = field['masked'] === true && now !== null && !reveal;
    const shown = now === undefined || now === null ? '' : typeof now === 'string' ? now : JSON.stringify(now);
    const choices = Object.keys(recordOf(field['values'] ?? field['variants'])).join('|');
    const name = typeof field['name'] === 'string' ? field['name'] : '';
    const kind = `${String(field['type'])}${choices === '' ? '' : ` ${choices}`}`;
    return [path, kind, secret ? '••••••••' : printable(shown), printable(name)];
  });
  return table(rows);
}

const collect = (text: string, before: readonly string[]): string[] => [...before, text];

function runCommand(contextOf: ContextOf): Command {
  return new Command('run')
    .description('run an action of a service, or do a task it asks for')
    .argument('<id>')
    .argument('<action>', 'an action, or with --task the name of a task')
    .option('-s, --set <field=value>', 'fill in a field; may be given again', collect, [])
    .option('-f, --file <field=path>', 'send a file for a field; may be given again', collect, [])
    .option('--input <json>', 'the whole input instead; - reads standard input')
    .option('--task', 'do a task: its action, with what it asks for filled in')
    .option('--reveal', 'show secrets of the answer')
    .action(async (id: string, name: string, flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const row = await rowOf(box, id);
      const task = flags.task === true ? taskOf(row, name).task : null;
      const [service, action] = task === null ? [id, name] : [task.packageId, task.actionId];
      const owner = service === id ? row : await rowOf(box, service);
      const input = await filledIn(context, box, owner, action, {
        set: flags.set as string[],
        file: flags.file as string[],
        whole: flags.input as string | undefined,
        prefill: task?.input?.set ?? task?.input?.value ?? null,
      });
      const answer = await box.call('package.action.run', { packageId: service, actionId: action, ...input });
      const look = { reveal: flags.reveal === true, columns: context.output.columns };
      context.output.result(answer, () => (answer === null ? 'Done.' : resultText(answer, look)));
    });
}

interface Filling {
  readonly set: readonly string[];
  readonly file: readonly string[];
  readonly whole: string | undefined;
  readonly prefill: Record<string, unknown> | null;
}

async function filledIn(
  context: Context,
  box: Rpc,
  row: ServiceRow,
  action: string,
  { set, file, whole, prefill }: Filling,
): Promise<{ eventId?: string; input?: unknown }> {
  if (whole !== undefined) return { input: parseJson(whole === '-' ? await readStdin(context) : whole, 'the input') };
  if (row.actions[action]?.hasInput !== true) return {};
  const form = await inputOf(box, row.id, action, prefill);
  if (form === null) return {};
  const input = startValue(form.spec, { ...form.value, ...prefill });
  for (const one of set) {
    const [path, text] = pairOf(one);
    setField(form.spec, input, path, (field) => readValue(field, path, text));
  }
  for (const one of file) {
    const [path, name] = pairOf(one);
    const sent = { upload: await send(context, box, name), name: basename(name) };
    setField(form.spec, input, path, () => sent);
  }
  return { eventId: form.eventId, input };
}

/** @throws cli.badField */
function pairOf(text: string): [path: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw errors.badField({ path: text, reason: 'it is written field=value' });
  return [text.slice(0, at), text.slice(at + 1)];
}

async function send(context: Context, box: Rpc, file: string): Promise<string> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw errors.unreadable({ path: file, reason: 'it is not there' }, cause);
  });
  const bar = context.output.bar();
  bar.say('Sending');
  try {
    return await box.upload(file, size, (done) => bar.update(done, size), context.signal);
  } finally {
    bar.end();
  }
}

function taskOf(row: ServiceRow, name: string): TaskEntry {
  const task = Object.hasOwn(row.tasks, name) ? row.tasks[name] : undefined;
  if (task === undefined) throw errors.unknownTask({ service: row.id, task: name });
  return task;
}

function tasksCommand(contextOf: ContextOf): Command {
  return new Command('tasks')
    .description('list what services ask their owner to do')
    .argument('[id]', 'of one service')
    .action(async (id: string | undefined, _, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const rows = id === undefined ? await box.call<ServiceRow[]>('package.list') : [await rowOf(box, id)];
      const open = rows.flatMap((row) =>
        Object.entries(row.tasks).flatMap(([name, { active, task }]) =>
          active ? [{ service: row.id, name, ...task }] : [],
        ),
      );
      context.output.result(open, () =>
        open.length === 0
          ? 'Nothing.'
          : table(
              open.map(({ service, name, severity, packageId, actionId, reason }) => [
                service,
                name,
                severity,
                packageId === service ? actionId : `${packageId}: ${actionId}`,
                printable(reason ?? ''),
              ]),
            ),
      );
    });
}

function dismissCommand(contextOf: ContextOf): Command {
  return new Command('dismiss')
    .description('wave a task of a service aside')
    .argument('<id>')
    .argument('<task>')
    .option('--force', 'although the service needs it')
    .action(async (id: string, task: string, flags, command: Command) => {
      const context = contextOf(command);
      const asked = { packageId: id, replayId: task, force: flags.force === true };
      const answer = await (await context.box()).call('package.action.clear-task', asked);
      context.output.result(answer, 'Dismissed.');
    });
}

function needsCommand(contextOf: ContextOf): Command {
  return new Command('needs')
    .description('show what a service needs of others, and how that stands')
    .argument('<id>')
    .action(async (id: string, _, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      await rowOf(box, id);
      const { value } = await box.call<{ value: Record<string, Record<string, NeedEntry>> }>('db.dump', {
        pointer: '/serviceNeeds',
      });
      const needs = value[id] ?? {};
      context.output.result(needs, () =>
        Object.keys(needs).length === 0
          ? 'Nothing.'
          : table(Object.entries(needs).map(([need, { state, reason }]) => [need, state, printable(reason)])),
      );
    });
}
