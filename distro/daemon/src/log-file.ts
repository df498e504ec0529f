/**
 * The log of a program that is kept running: a file that is set aside when it has grown long. A full or sick disk costs
 * lines, never the process that writes them.
 */
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';

/** Bytes after which a log is set aside; one older log is kept. */
const logLimit = 16 * 1024 * 1024;
/** A file that could not be written is opened again, not sooner than this. */
const pauseMs = 1000;
/** What waits for the disk; lines beyond are left out. */
const mostWaiting = 1024 * 1024;

export class LogFile {
  readonly #path: string;
  #stream: WriteStream | null = null;
  #closedUntil = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Looked at when its program is begun. */
  rotate(): void {
    try {
      if ((statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) <= logLimit) return;
      renameSync(this.#path, `${this.#path}.1`);
      this.#stream?.end();
      this.#stream = null;
    } catch {
      // It grows on.
    }
  }

  write(text: string): void {
    if (this.#stream === null && Date.now() < this.#closedUntil) return;
    this.#stream ??= this.#open();
    if (this.#stream.writableLength < mostWaiting) this.#stream.write(text);
  }

  end(): void {
    this.#stream?.end();
    this.#stream = null;
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#path, { flags: 'a', mode: 0o640 });
    stream.on('error', () => {
      stream.destroy();
      if (this.#stream !== stream) return;
      this.#stream = null;
      this.#closedUntil = Date.now() + pauseMs;
    });
    return stream;
  }
}
