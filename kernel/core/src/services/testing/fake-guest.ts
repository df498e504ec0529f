/** The guest side of the protocol, with a script that is a plain object. It dials, says hello, and dials again. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface EffectFailure {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly details: string };
}

export interface Script {
  init?(kind: string | null, effects: Effects): Promise<void> | void;
  main?(effects: Effects): Promise<void> | void;
  stop?(): Promise<void> | void;
  exit?(target: string | null): Promise<void> | void;
  execute?(procedure: string, input: unknown, effects: Effects): Promise<unknown>;
  /** What the guest itself answers: terminals. */
  attach?(method: string, params: Record<string, unknown>): unknown;
}

export interface Effects {
  call(method: string, params?: object): Promise<unknown>;
  /** As `fs.watch`. */
  watch(path: string): void;
}

type Phase = 'fresh' | 'initialising' | 'loaded' | 'running' | 'stopping' | 'exited';

export class FakeGuest {
  readonly instance: string;
  phase: Phase = 'fresh';
  /** Method and main parameter of every request, in order. */
  readonly asked: string[] = [];
  readonly fired: { id: number; args: unknown[] }[] = [];
  readonly acknowledged: string[] = [];
  /** Files the script watches. */
  watched: string[] = [];
  /** What hello tells. */
  health: Record<string, { name: string; result: string; message: string | null; since?: number }> = {};
  callbacks: { id: number; method: string; params: unknown }[] = [];
  hellos = 0;
  readonly #path: string;
  readonly #script: Script;
  readonly #running = new Set<string>();
  readonly #results = new Map<string, { result?: unknown; error?: unknown }>();
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>();
  #socket: Socket | null = null;
  #ended = false;
  #count = 0;

  constructor(path: string, instance: string, script: Script) {
    this.#path = path;
    this.instance = instance;
    this.#script = script;
    this.#dial();
  }

  /** The container is gone. */
  end(): void {
    this.#ended = true;
    this.#socket?.destroy();
  }

  /** Loses the connection, and dials again by itself. */
  hangUp(): void {
    this.#socket?.destroy();
  }

  readonly effects: Effects = {
    call: (method, params = {}) => this.call(method, params),
    watch: (path) => void this.watched.push(path),
  };

  call(method: string, params: object = {}): Promise<unknown> {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#write({ id, method, params });
    });
  }

  #dial(): void {
    if (this.#ended) return;
    const socket = connect(this.#path);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
      if (!this.#ended) setTimeout(() => this.#dial(), 10);
    });
    socket.on('connect', () => {
      this.#socket = socket;
      this.hellos += 1;
      this.#write({
        id: `hello-${this.hellos}`,
        method: 'hello',
        params: {
          protocol: 1,
          guest: 'fake',
          instance: this.instance,
          phase: this.phase,
          running: [...this.#running],
          results: [...this.#results].map(([request, answer]) => ({ request, ...answer })),
          callbacks: this.callbacks,
          health: this.health,
        },
      });
    });
    createInterface({ input: socket, crlfDelay: Infinity })
      .on('line', (line) => this.#read(JSON.parse(line)))
      .on('error', () => undefined);
  }

  #read(document: any): void {
    if (document.method === undefined) {
      const waiting = this.#waiting.get(document.id);
      this.#waiting.delete(document.id);
      if (document.error !== undefined) waiting?.reject(document.error);
      else waiting?.resolve(document.result);
      return;
    }
    if (document.method === 'acknowledge') {
      this.acknowledged.push(document.params.request);
      this.#results.delete(document.params.request);
    } else if (document.method === 'callback') this.fired.push(document.params);
    // Its own affair: the script is not asked.
    else if (document.method === 'files.watched') this.#write({ id: document.id, result: { paths: this.watched } });
    else void this.#work(document);
  }

  async #work({ id, method, params }: any): Promise<void> {
    const detail = params.procedure ?? (method === 'init' ? String(params.kind) : (params.target ?? ''));
    this.asked.push(detail === '' ? method : `${method} ${detail}`);
    this.#running.add(id);
    let answer: { result?: unknown; error?: unknown };
    try {
      answer = { result: (await this.#do(method, params)) ?? null };
    } catch (error) {
      answer = { error: { code: 0, message: 'object', data: { details: (error as Error).message } } };
    }
    if (this.#ended) return;
    this.#running.delete(id);
    this.#results.set(id, answer);
    this.#write({ id, ...answer });
  }

  async #do(method: string, params: any): Promise<unknown> {
    switch (method) {
      case 'init':
        this.phase = 'initialising';
        try {
          await this.#script.init?.(params.kind, this.effects);
        } catch (error) {
          this.phase = 'fresh';
          throw error;
        }
        this.phase = 'loaded';
        return null;
      case 'start':
        await this.#script.main?.(this.effects);
        this.phase = 'running';
        return null;
      case 'stop':
        this.phase = 'stopping';
        await this.#script.stop?.();
        this.phase = 'loaded';
        return null;
      case 'exit':
        await this.#script.exit?.(params.target);
        this.phase = 'exited';
        return null;
      case 'execute':
        if (params.procedure === '/backup/create' && this.#script.execute === undefined) return { pairs: [] };
        return this.#script.execute?.(params.procedure, params.input, {
          ...this.effects,
          call: (name, given = {}) => this.call(name, { ...given, eventId: params.id }),
        });
      default:
        return this.#other(method, params);
    }
  }

  #other(method: string, params: Record<string, unknown>): unknown {
    if (this.#script.attach === undefined || !method.startsWith('attach.')) throw new Error(`unknown method ${method}`);
    return this.#script.attach(method, params);
  }

  #write(document: object): void {
    this.#socket?.write(`${JSON.stringify(document)}\n`);
  }
}
