/** What `hearth backup target add --kind` fills into the form of a plugin. */
import type { Form, FormField } from '@hearth/contract';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { ask, readPassword } from '../files.ts';
import type { Rpc } from '../rpc.ts';

interface Kind {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly form: Form;
  readonly unavailable: string | null;
}

export type Settings = Record<string, string | number | boolean>;

export async function kindsOf(box: Rpc): Promise<readonly Kind[]> {
  return (await box.call<{ kinds: Kind[] }>('backup.kind.list')).kinds;
}

/** `given`: `field=value`; `files`: `field=file`. Secrets that were not given are asked for. */
export async function fillIn(
  context: Context,
  box: Rpc,
  kind: string,
  given: readonly string[],
  files: readonly string[],
): Promise<Settings> {
  const found = (await kindsOf(box)).find(({ id }) => id === kind);
  if (found === undefined) throw errors.unknownKind({ kind });
  const { form } = found;
  const settings: Settings = {};
  for (const text of given) {
    const [key, value] = split(text, form);
    // For everybody on the machine to see.
    if (isSecret(form[key])) throw errors.secretArgument({ field: key });
    settings[key] = valueOf(form[key], value);
  }
  for (const text of files) {
    const [key, file] = split(text, form);
    settings[key] = await readPassword(context, file, '');
  }
  for (const [key, field] of Object.entries(form)) {
    if (key in settings || !isSecret(field) || context.world.streams.stdin.isTTY !== true) continue;
    const typed = await ask(context, `${field.name}: `, true);
    if (typed !== '') settings[key] = typed;
  }
  return settings;
}

function split(text: string, form: Form): readonly [string, string] {
  const at = text.indexOf('=');
  const key = text.slice(0, Math.max(0, at));
  if (at < 1 || !Object.hasOwn(form, key))
    throw errors.unknownField({ field: text, fields: Object.keys(form).join(', ') });
  return [key, text.slice(at + 1)];
}

function isSecret(field: FormField | undefined): boolean {
  return field?.type === 'text' && field.masked === true;
}

function valueOf(field: FormField | undefined, text: string): string | number | boolean {
  if (field?.type === 'toggle' && (text === 'true' || text === 'false')) return text === 'true';
  return field?.type === 'number' && text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
