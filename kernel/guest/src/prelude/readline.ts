/** `readline`: lines of a stream. There is no terminal: what moves a cursor does nothing. */
import { EventEmitter } from 'events';
import stringDecoder from 'string_decoder/';

interface Input {
  on(event: string, listener: (value: unknown) => void): unknown;
  pause?(): unknown;
  resume?(): unknown;
}
interface Output {
  write(text: string): unknown;
}
interface Options {
  readonly input?: Input;
  readonly output?: Output;
  readonly prompt?: string;
  readonly signal?: AbortSignal;
}
type Answer = (line: string) => void;

const { StringDecoder } = stringDecoder as {
  StringDecoder: new (encoding: string) => { write(bytes: unknown): string; end(): string };
};

export class Interface extends EventEmitter {
  readonly terminal = false;
  readonly input: Input | undefined;
  readonly output: Output | undefined;
  line = '';
  closed = false;
  #prompt: string;
  #rest = '';
  #asked: Answer | null = null;

  constructor(first: Options | Input, output?: Output) {
    super();
    const given = (output === undefined && !('on' in first) ? first : { input: first, output }) as Options;
    this.input = given.input;
    this.output = given.output;
    this.#prompt = given.prompt ?? '> ';
    const decoder = new StringDecoder('utf8');
    this.input?.on('data', (chunk) => this.#take(typeof chunk === 'string' ? chunk : decoder.write(chunk)));
    this.input?.on('end', () => {
      this.#take(decoder.end());
      if (this.#rest !== '') this.#tell(this.#rest);
      this.close();
    });
    this.input?.on('error', (error) => this.emit('error', error));
    given.signal?.addEventListener('abort', () => this.close());
  }

  #take(text: string): void {
    // A carriage return at the end may be the first half of a line end.
    const whole = this.#rest + text;
    const half = whole.endsWith('\r') ? 1 : 0;
    const lines = whole.slice(0, whole.length - half).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '') + (half === 1 ? '\r' : '');
    for (const line of lines) this.#tell(line);
  }

  #tell(line: string): void {
    if (this.closed) return;
    const asked = this.#asked;
    this.#asked = null;
    if (asked === null) this.emit('line', line.replace(/\r$/, ''));
    else asked(line.replace(/\r$/, ''));
  }

  question(query: string, ...rest: unknown[]): unknown {
    this.output?.write(query);
    this.#asked = rest.at(-1) as Answer;
    return undefined;
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }

  getPrompt(): string {
    return this.#prompt;
  }

  prompt(): void {
    this.output?.write(this.#prompt);
  }

  write(text: unknown): void {
    if (typeof text === 'string') this.#take(text);
  }

  pause(): this {
    this.input?.pause?.();
    this.emit('pause');
    return this;
  }

  resume(): this {
    this.input?.resume?.();
    this.emit('resume');
    return this;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.input?.pause?.();
    this.emit('close');
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const kept: string[] = [];
    let wake: () => void = () => undefined;
    const state: { failure: unknown } = { failure: null };
    this.on('line', (line: string) => {
      kept.push(line);
      wake();
    });
    this.on('close', () => wake());
    this.on('error', (error: unknown) => {
      state.failure = error;
      wake();
    });
    try {
      for (;;) {
        const line = kept.shift();
        if (line !== undefined) yield line;
        else if (state.failure !== null) throw state.failure as Error;
        else if (this.closed) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.close();
    }
  }
}

class PromiseInterface extends Interface {
  override question(query: string, { signal }: { signal?: AbortSignal } = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
      super.question(query, resolve);
    });
  }
}

const noCursor = (...args: unknown[]): boolean => {
  const done = args.at(-1);
  if (typeof done === 'function') queueMicrotask(done as () => void);
  return true;
};

const promises = {
  Interface: PromiseInterface,
  createInterface: (first: Options | Input, output?: Output) => new PromiseInterface(first, output),
};

export const readline = {
  Interface,
  createInterface: (first: Options | Input, output?: Output) => new Interface(first, output),
  clearLine: noCursor,
  clearScreenDown: noCursor,
  cursorTo: noCursor,
  moveCursor: noCursor,
  emitKeypressEvents: () => undefined,
  promises,
};
