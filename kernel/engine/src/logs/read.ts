/**
 * `log.read`: the files the guest writes, put in order of time. The container may write anything into that folder, so
 * every file is opened without following links, must be a file with one name, and is read within bounds.
 */
import { fstatSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineInput, type EngineOutput, HearthError } from '@hearth/contract';
import { z } from 'zod';
import type { Machine } from '../host/machine.ts';
import { descriptorPath, useBeneath, useRegularFile } from '../system/beneath.ts';
import { type LogEntry, parseLine } from './lines.ts';
import { codeOf } from '../system/errno.ts';

/** Files beyond these are not looked at: newest names win nothing, a service has one file per daemon and one before it. */
const maxFiles = 128;
/** Read at once of one file. */
const window = 1024 * 1024;
const fileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,100}\.log(\.1)?$/;

/** How far each file has been told, by its identity, which a rotation does not change. */
const cursorShape = z.record(z.string(), z.number());
type Cursor = z.infer<typeof cursorShape>;

interface Line extends LogEntry {
  /** Identity of its file. */
  readonly file: string;
  /** Its time, but never before that of a line above it: what is told of a file is always a beginning of it. */
  readonly order: number;
  /** Offset after its newline. */
  readonly end: number;
}

export function readLog({ layout }: Machine, input: EngineInput<'log.read'>): EngineOutput<'log.read'> {
  const after = input.after === null ? undefined : decodeCursor(input.after);
  const cursor: Cursor = {};
  const lines: Line[] = [];
  for (const file of logFiles(layout.logs, input.service)) {
    const read = readFile(layout.logs, join(input.service, file), file, after);
    if (!read) continue;
    cursor[read.identity] = read.start;
    lines.push(...read.lines);
  }
  lines.sort((a, b) => a.order - b.order || (a.file === b.file ? a.end - b.end : 0));
  const told = after ? lines.slice(0, input.limit) : lines.slice(-input.limit);
  advance(cursor, after ? told : lines);
  return {
    entries: told.map(({ time, source, text }) => ({ time, source, text })),
    cursor: Buffer.from(JSON.stringify(cursor)).toString('base64url'),
  };
}

function advance(cursor: Cursor, told: readonly Line[]): void {
  for (const { file, end } of told) cursor[file] = Math.max(cursor[file] ?? 0, end);
}

function logFiles(root: string, service: string): string[] {
  try {
    return useBeneath(root, service, (folder) => readdirSync(descriptorPath(folder)))
      .filter((name) => fileName.test(name))
      .sort()
      .slice(0, maxFiles);
  } catch (cause) {
    if (codeOf(cause) === 'engine.pathMissing') return [];
    throw cause;
  }
}

/** Undefined for what is no file of its own, and for what a rotation took away meanwhile. */
function readFile(root: string, path: string, name: string, after: Cursor | undefined) {
  try {
    return useRegularFile(root, path, (descriptor, size) => {
      const { ino, birthtimeMs, mtimeMs } = fstatSync(descriptor);
      const identity = `${ino}:${Math.floor(birthtimeMs)}`;
      const told = after?.[identity] ?? 0;
      const start = after ? (told <= size ? told : 0) : Math.max(0, size - window);
      const bytes = Buffer.alloc(Math.min(window, size - start));
      const length = readSync(descriptor, bytes, 0, bytes.length, start);
      const fallback = { source: name.replace(/\.log(\.1)?$/, ''), time: Math.floor(mtimeMs) };
      const lines = linesOf(bytes.subarray(0, length), start, !after && start > 0, identity, fallback);
      return { identity, start, lines };
    });
  } catch (cause) {
    if (HearthError.is(cause)) return undefined;
    throw cause;
  }
}

/** Whole lines only; where reading began in the middle of a file its first, cut line is left out. */
function linesOf(
  bytes: Buffer,
  start: number,
  cut: boolean,
  file: string,
  fallback: { readonly source: string; readonly time: number },
): Line[] {
  const lines: Line[] = [];
  let order = 0;
  let from = cut ? bytes.indexOf(0x0a) + 1 : 0;
  for (;;) {
    let newline = bytes.indexOf(0x0a, from);
    // One line as long as all that is read at once would never end: it is told in pieces.
    if (newline < 0 && from === 0 && bytes.length === window) newline = bytes.length - 1;
    if (newline < 0) return lines;
    const text = bytes.toString('utf8', from, newline).trimEnd();
    const end = start + newline + 1;
    if (text !== '') {
      const entry = parseLine(text, fallback);
      order = Math.max(order, entry.time);
      lines.push({ ...entry, file, end, order });
    }
    from = newline + 1;
  }
}

/** An unknown or damaged cursor reads from the beginning. */
function decodeCursor(text: string): Cursor {
  try {
    return cursorShape.parse(JSON.parse(Buffer.from(text.slice(0, 65_536), 'base64url').toString('utf8')));
  } catch {
    return {};
  }
}
