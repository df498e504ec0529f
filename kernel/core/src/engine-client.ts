/**
 * The kernel's end of the engine's socket: JSON lines, any number of requests at once, reconnects by itself.
 *
 * Requests that were in flight when the connection broke fail as UNAVAILABLE: whether they were carried out is not
 * known, so the caller asks again (every verb is safe to repeat) or looks.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import {
  type EngineClient,
  type EngineEventMap,
  type EngineInput,
  type EngineMessage,
  type EngineOutput,
  type EngineRequest,
  type EngineVerb,
  engineVerbs,
  HearthError,
  type Log,
} from '@hearth/contract';
import { errors } from './errors.ts';

interface InFlight {
  readonly verb: EngineVerb;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ((done: number, total: number | null) => void) | undefined;
}

export interface EngineSocketOptions {
  readonly path: string;
  readonly log: Log;
  /** Milliseconds a call waits for the engine to be there. */
  readonly patienceMs?: number;
}

export interface EngineSocket extends EngineClient {
  /** Resolves when there is a connection; throws `kernel.engineAway` when patience is over. */
  present(): Promise<void>;
  close(): void;
}

export function connectEngine(options: EngineSocketOptions): EngineSocket {
  return new SocketClient(options);
}

class SocketClient implements EngineSocket {
  readonly #options: EngineSocketOptions;
  readonly #inFlight = new Map<number, InFlight>();
  readonly #listeners = new Map<string, Set<(value: never) => void>>();
  #connection: Promise<Socket> | null = null;
  #next = 1;
  #closed = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: EngineSocketOptions) {
    this.#options = options;
  }

  async call<V extends EngineVerb>(
    verb: V,
    input: EngineInput<V>,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number | null) => void } = {},
  ): Promise<EngineOutput<V>> {
    const { signal, onProgress } = options;
    signal?.throwIfAborted();
    const parsed = engineVerbs[verb].input.parse(input);
    const socket = await this.#connected();
    signal?.throwIfAborted();
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#inFlight.set(id, { verb, resolve, reject, onProgress });
    const cancel = (): void => {
      this.#send(socket, { cancel: id });
      reject(HearthError.from(signal?.reason));
    };
    signal?.addEventListener('abort', cancel, { once: true });
    this.#send(socket, { id, verb, input: parsed });
    try {
      return this.#answer(verb, await promise);
    } finally {
      this.#inFlight.delete(id);
      signal?.removeEventListener('abort', cancel);
    }
  }

  on<K extends keyof EngineEventMap>(event: K, listener: (value: EngineEventMap[K]) => void): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set.add(listener));
    // Whoever listens wants to hear, also before the first call.
    this.#keepTrying(0);
    return () => void set.delete(listener);
  }

  async present(): Promise<void> {
    await this.#connected();
  }

  close(): void {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    void this.#connection?.then((socket) => socket.destroy()).catch(() => undefined);
  }

  #answer<V extends EngineVerb>(verb: V, output: unknown): EngineOutput<V> {
    const result = engineVerbs[verb].output.safeParse(output);
    if (result.success) return result.data as EngineOutput<V>;
    throw errors.engineAnswer({ verb, reason: result.error.issues[0]?.message ?? '' });
  }

  #send(socket: Socket, message: EngineRequest): void {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  }

  #connected(): Promise<Socket> {
    if (this.#closed) return Promise.reject(errors.engineAway({ reason: 'the kernel is stopping' }));
    this.#connection ??= this.#connect().catch((error: unknown) => {
      this.#connection = null;
      throw error;
    });
    return this.#connection;
  }

  /** Tries until the engine is there or patience is over. */
  async #connect(): Promise<Socket> {
    const until = Date.now() + (this.#options.patienceMs ?? 5000);
    for (let wait = 20; ; wait = Math.min(wait * 2, 500)) {
      try {
        return this.#adopt(await dial(this.#options.path));
      } catch (error) {
        if (this.#closed || Date.now() + wait > until)
          throw errors.engineAway({ reason: error instanceof Error ? error.message : String(error) }, error);
      }
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }

  #adopt(socket: Socket): Socket {
    socket.on('error', (error) => this.#options.log.warn({ err: error }, 'the connection to the engine failed'));
    socket.on('close', () => this.#lost());
    createInterface({ input: socket })
      .on('line', (line) => this.#receive(line))
      .on('error', () => socket.destroy());
    return socket;
  }

  #lost(): void {
    this.#connection = null;
    const gone = errors.engineAway({ reason: 'the connection was lost' });
    for (const { reject } of this.#inFlight.values()) reject(gone);
    this.#inFlight.clear();
    // Events would be missed: come back without being asked.
    if (this.#listeners.size > 0) this.#keepTrying(100);
  }

  #keepTrying(ms: number): void {
    if (this.#closed || this.#retry !== null) return;
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#connected().catch(() => this.#keepTrying(1000));
    }, ms);
  }

  #receive(line: string): void {
    let message: EngineMessage;
    try {
      message = JSON.parse(line) as EngineMessage;
    } catch (error) {
      this.#options.log.error({ err: error }, 'the engine sent a line that is no JSON');
      return;
    }
    if ('event' in message) return this.#tell(message.event, message.value);
    const request = this.#inFlight.get(message.id);
    if (request === undefined) return;
    if ('progress' in message) request.onProgress?.(message.progress.done, message.progress.total);
    else if ('error' in message) request.reject(HearthError.fromWire(message.error));
    else request.resolve(message.output);
  }

  #tell(event: string, value: unknown): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(value as never);
      } catch (error) {
        this.#options.log.error({ event, err: error }, 'a listener of the engine failed');
      }
    }
  }
}

function dial(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path });
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.off('error', reject);
    resolve(socket);
  });
  return promise;
}
