/** Environment files: `KEY=value`, one a line, as systemd and Docker's `--env-file` read them. Comments stay. */
import { fileMaker } from './config-file.ts';
import type { Format } from './format.ts';

const assignment = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$/;

const format: Format = {
  typed: false,
  parse(text) {
    const values: Record<string, string> = {};
    for (const line of text.split('\n')) {
      const match = assignment.exec(line);
      if (match !== null) values[match[1] ?? ''] = unquoted((match[2] ?? '').trim());
    }
    return values;
  },
  print(value, before) {
    const left = new Map(Object.entries(value as Record<string, unknown>).filter(([, item]) => item !== undefined));
    const lines: string[] = [];
    for (const line of before === null || before === '' ? [] : before.replace(/\n$/, '').split('\n')) {
      const key = assignment.exec(line)?.[1];
      if (key === undefined) lines.push(line);
      else if (left.has(key)) lines.push(assign(key, left.get(key)));
      if (key !== undefined) left.delete(key);
    }
    for (const [key, item] of left) lines.push(assign(key, item));
    return `${lines.join('\n')}\n`;
  },
};

function assign(key: string, value: unknown): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) throw new Error(`${key} cannot be the name of a variable`);
  const text = String(value);
  // Readers disagree about everything else: a line end has no form that all of them know.
  if (/[\n\r\0]/.test(text)) throw new Error(`${key} must be one line`);
  return /^[A-Za-z0-9_./:@%+,=-]*$/.test(text) ? `${key}=${text}` : `${key}="${text.replaceAll(/["\\$`]/g, '\\$&')}"`;
}

function unquoted(text: string): string {
  if (/^'[^']*'$/.test(text)) return text.slice(1, -1);
  if (/^"(?:[^"\\]|\\.)*"$/.test(text)) return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  return text;
}

/** A file of environment variables, `KEY=value` one a line; its comments stay. Numbers and flags are read from text. */
export const envFile = fileMaker(format);
