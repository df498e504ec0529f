/**
 * Logs on disk, read by the engine: one file per source, one JSON document per line, bounded by rotation.
 *
 * They never pass the socket, so a kernel that is away loses nothing.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly t: number;
  /** The source: `guest`, or the name of a subcontainer. */
  readonly s: string;
  readonly m: string;
}

/** A file is renamed to `<name>.1` (in the place of an older one) once it has this many bytes. */
const rotateBytes = 8 * 1024 * 1024;
const longestLine = 16 * 1024;
const mostSources = 64;

export function logFile(folder: string, source: string): string {
  return join(
    folder,
    `${
      source
        .toLowerCase()
        .replaceAll(/[^a-z0-9-]+/g, '-')
        .replaceAll(/^-+|-+$/g, '')
        .slice(0, 64) || 'program'
    }.log`,
  );
}

export class Logs {
  readonly #folder: string;
  readonly #sizes = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  write(source: string, text: string): void {
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length === 0) return;
    // Sources are named by the package: a script that makes up ever new ones shares the last file.
    const known = this.#sizes.has(logFile(this.#folder, source)) || this.#sizes.size < mostSources;
    const file = logFile(this.#folder, known ? source : 'program');
    const made = lines.map((m) =>
      JSON.stringify({ t: Date.now(), s: source, m: m.slice(0, longestLine) } satisfies LogLine),
    );
    this.#append(file, `${made.join('\n')}\n`);
  }

  #append(file: string, text: string): void {
    try {
      const size = this.#sizes.get(file) ?? statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > rotateBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, text, { mode: 0o640 });
      this.#sizes.set(file, (size > rotateBytes ? 0 : size) + Buffer.byteLength(text));
    } catch {
      // A full disk must stop the log, never the service.
    }
  }
}

/** Cuts a stream of bytes into lines for a log. */
export class LineCutter {
  readonly #tell: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine) this.end();
    if (lines.length > 0) this.#tell(lines.join('\n'));
  }

  end(): void {
    if (this.#rest !== '') this.#tell(this.#rest);
    this.#rest = '';
  }
}
