/** Files in the value of a form: sent first, and named by what the server calls them. */
import type { FormValue } from './values.ts';

/** What the server puts in the place of an uploaded file. */
export interface SentFile {
  readonly upload: string;
  readonly name: string;
}

/** The value with every file sent by `send`, one after the other. */
export async function withFilesSent(value: FormValue, send: (file: File) => Promise<string>): Promise<FormValue> {
  return (await sent(value, send)) as FormValue;
}

async function sent(value: unknown, send: (file: File) => Promise<string>): Promise<unknown> {
  if (value instanceof File) return { upload: await send(value), name: value.name } satisfies SentFile;
  if (Array.isArray(value)) {
    const made: unknown[] = [];
    for (const one of value) made.push(await sent(one, send));
    return made;
  }
  if (typeof value !== 'object' || value === null) return value;
  const made: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) made[key] = await sent(one, send);
  return made;
}
