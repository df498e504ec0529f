/** Reading what people name on the command line. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Context } from './context.ts';
import { errors } from './errors.ts';

export async function readNamed(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code } = cause as { code?: string };
    const reasons: Record<string, string> = {
      ENOENT: 'it is not there',
      EISDIR: 'it is a folder',
      EACCES: 'not allowed',
    };
    throw errors.unreadable({ path, reason: reasons[code ?? ''] ?? String(code) }, cause);
  }
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw errors.badJson({ what }, cause);
  }
}

export async function readStdin(context: Context): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of context.world.streams.stdin) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * From a file (`-`: standard input; a final line end does not count), or asked for without showing it.
 * Never from an argument: those are for everybody on the machine to see.
 */
export async function readPassword(
  context: Context,
  file: string | undefined,
  question: string,
  twice = false,
): Promise<string> {
  if (file !== undefined) {
    const text = file === '-' ? await readStdin(context) : Buffer.from(await readNamed(file)).toString('utf8');
    return text.replace(/\r?\n$/, '');
  }
  if (context.world.streams.stdin.isTTY !== true) throw errors.noPassword();
  const password = await ask(context, question, true);
  if (twice && password !== (await ask(context, 'Once more: ', true))) throw errors.passwordsDiffer();
  return password;
}

export async function ask(context: Context, question: string, hidden = false): Promise<string> {
  const { stdin, stderr } = context.world.streams;
  stderr.write(question);
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: hidden ? nowhere : stderr, terminal: hidden });
  try {
    return await lines.question('', { signal: context.signal });
  } finally {
    lines.close();
    if (hidden) stderr.write('\n');
  }
}
