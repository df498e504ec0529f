/** Where results go: people read text, programs read one JSON value; progress goes beside, to the terminal. */
import { type HearthError, errorTables } from '@hearth/contract';
import { Bar } from './progress.ts';

export interface Streams {
  readonly stdout: Terminal;
  readonly stderr: Terminal;
}

type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export class Output {
  readonly json: boolean;
  readonly #streams: Streams;

  constructor(json: boolean, streams: Streams) {
    this.json = json;
    this.#streams = streams;
  }

  /** Of the terminal that results go to; null where they go elsewhere. */
  get columns(): number | null {
    const { isTTY, columns } = this.#streams.stdout;
    return isTTY === true ? (columns ?? 80) : null;
  }

  /** The result of a command, once. */
  result(value: unknown, text: string | (() => string)): void {
    if (this.json) this.line(JSON.stringify(value));
    else this.line(typeof text === 'string' ? text : text());
  }

  line(text: string): void {
    if (text !== '') this.#streams.stdout.write(`${text}\n`);
  }

  bytes(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#streams.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Beside the result: never in the way of a program that reads it. */
  note(text: string): void {
    this.#streams.stderr.write(`${text}\n`);
  }

  bar(): Bar {
    const { stderr } = this.#streams;
    return new Bar(stderr, stderr.isTTY === true && !this.json);
  }

  failure(error: HearthError): void {
    const shown = { code: error.code, message: plainly(error), data: error.data };
    if (this.json) this.line(JSON.stringify({ error: shown }));
    else this.note(`hearth: ${shown.message}`);
  }
}

/** Internal errors keep their cause; here it is the reader's own machine, so it is told. */
function plainly(error: HearthError): string {
  const known = error.code !== 'hearth.internal' || errorTables.has(error.code);
  if (known || !(error.cause instanceof Error)) return error.message;
  return error.cause.message;
}
