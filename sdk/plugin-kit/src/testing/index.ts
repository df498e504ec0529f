/**
 * @hearth/plugin-kit/testing: runs a plugin against a server of a few lines. The same code carries its calls as on a real
 * one, and the same tables say what was granted and what an input must be.
 */
import {
  blobInfo,
  type BlobInfo,
  type BlobType,
  type Capability,
  confinedFrame,
  type ConfinedFrame,
  type ConfinedParsed,
  type ConfinedVerb,
  confinedVerbs,
  formValues,
  type PluginManifest,
  pluginManifest,
  type PublicService,
  schemaOf,
  type TargetFrame,
} from '@hearth/contract';
import { createRuntime } from '../inside/index.ts';
import type { Plugin } from '../api.ts';

export interface Setting {
  /** The content of plugin.json. */
  readonly manifest: unknown;
  /** Names of what the owner grants; everything that is asked unless told. */
  readonly granted?: readonly string[];
  readonly services?: readonly PublicService[];
  /** Answers `hearth.fetch`, and the `fetch` of targets; without it every fetch fails. */
  readonly fetch?: (input: Fetched) => FetchedAnswer | Promise<FetchedAnswer>;
}

export interface Fetched {
  readonly url: string;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Of a target that sends a blob: the blob. */
  readonly body?: string | null | undefined;
}

export interface FetchedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A place for backups, as the server uses it; blobs are texts here. */
export interface RunningTarget {
  open(): Promise<void>;
  /** All parts of it. */
  list(type: BlobType): Promise<readonly BlobInfo[]>;
  size(type: BlobType, name: string): Promise<number | null>;
  /** Null for one that is not there. */
  read(
    type: BlobType,
    name: string,
    range?: { readonly offset: number; readonly length: number | null },
  ): Promise<string | null>;
  write(type: BlobType, name: string, content: string): Promise<void>;
  remove(type: BlobType, name: string): Promise<void>;
}

export interface Asked {
  readonly verb: ConfinedVerb;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Running {
  /** What the plugin shows. */
  readonly state: () => Readonly<Record<string, unknown>>;
  /** Everything it asked for and was given, in order. */
  readonly asked: readonly Asked[];
  readonly notifications: () => readonly Readonly<Record<string, unknown>>[];
  readonly logs: readonly { readonly level: string; readonly message: string }[];
  /** As a person would call a command. */
  call<T = unknown>(method: string, input?: object): Promise<T>;
  runJob(name: string, input?: unknown): Promise<unknown>;
  /** A kind of place for backups, filled in so. */
  target(name: string, settings: Readonly<Record<string, unknown>>): RunningTarget;
  /** The time of a timer has come; fails for one that was not set. */
  wake(timer: string): Promise<void>;
  /** Something happened; resolves when the plugin has dealt with it. */
  happen(event: string, value: unknown): Promise<void>;
}

/** Resolves when the plugin has started. */
export async function startPlugin(plugin: Plugin<never>, setting: Setting): Promise<Running> {
  const manifest = pluginManifest.parse(setting.manifest);
  const granted = manifest.capabilities.filter(({ capability }) => setting.granted?.includes(capability) ?? true);
  const server = new TestServer(manifest, granted, setting);
  const ready = Promise.withResolvers<undefined>();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;

  const runtime = createRuntime((message) => {
    // As on the way to a server: nothing but what JSON can carry arrives.
    const frame = confinedFrame.parse(JSON.parse(JSON.stringify(message)));
    if ('ready' in frame) ready.resolve(undefined);
    else if ('fault' in frame) ready.reject(new Error(frame.fault));
    else if ('log' in frame) server.logs.push({ level: frame.log, message: frame.message });
    else if ('ask' in frame) void answer(frame.ask, frame.verb, frame.input);
    else if ('done' in frame) settle(frame);
  });
  const answer = async (ask: number, verb: string, input: unknown): Promise<void> => {
    try {
      const value = await server.answer(verb, input);
      runtime.receive(JSON.stringify({ answer: ask, value: value ?? null }));
    } catch (error) {
      const { code = 'plugin.failed', message } = error as Error & { code?: string };
      runtime.receive(JSON.stringify({ answer: ask, error: { code, message } }));
    }
  };
  const settle = (frame: Extract<ConfinedFrame, { done: number }>): void => {
    const work = waiting.get(frame.done);
    waiting.delete(frame.done);
    if (!('error' in frame)) work?.resolve(frame.value);
    else work?.reject(Object.assign(new Error(frame.error.message), { code: frame.error.code }));
  };
  const work = (frame: object): Promise<unknown> => {
    const answered = Promise.withResolvers<unknown>();
    waiting.set((last += 1), answered);
    runtime.receive(JSON.stringify({ ...frame, id: last }));
    return answered.promise;
  };

  await runtime.begin(() => plugin, {
    plugin: manifest.id,
    version: manifest.version,
    state: manifest.state === undefined ? null : manifest.state.initial,
    granted: granted.map(({ capability }) => capability),
  });
  await ready.promise;
  return {
    state: () => server.state,
    asked: server.asked,
    notifications: () => server.asked.filter(({ verb }) => verb === 'notifications.send').map(({ input }) => input),
    logs: server.logs,
    call: async (method, input = {}) => {
      const declared = manifest.methods?.[method];
      if (declared === undefined) throw new Error(`plugin.json has no method "${method}"`);
      const parsed = declared.input === undefined ? {} : schemaOf(declared.input).parse(input);
      const caller = { kind: 'user', role: 'owner' };
      const value = await work({ do: 'method', name: method, input: parsed, caller });
      return (declared.output === undefined ? value : schemaOf(declared.output).parse(value)) as never;
    },
    runJob: (name, input = null) => work({ do: 'job', name, input, job: 'test' }),
    target: (name, settings) => {
      const declared = manifest.targets?.[name];
      if (declared === undefined) throw new Error(`plugin.json has no target "${name}"`);
      const values = formValues(declared.form).parse(settings);
      return runningTarget((step, input, operation = {}) =>
        server.during(operation, (given) =>
          work({ do: 'target', name, step, operation: given, settings: values, input }),
        ),
      );
    },
    wake: async (timer) => {
      if (!server.timers.has(timer)) throw new Error(`No timer "${timer}" was set`);
      runtime.receive(JSON.stringify({ do: 'timer', name: timer }));
      await server.quiet();
    },
    happen: async (event, value) => {
      const listens = granted.find((each) => each.capability === 'events.listen');
      if (listens?.events.includes(event) !== true) throw new Error(`The plugin was not granted to hear "${event}"`);
      runtime.receive(JSON.stringify({ do: 'event', name: event, value }));
      await server.quiet();
    },
  };
}

interface BlobOperation {
  sending?: string;
  received?: string;
}

function runningTarget(
  run: (step: TargetFrame['step'], input: unknown, operation?: BlobOperation) => Promise<unknown>,
): RunningTarget {
  return {
    async open() {
      await run('open', null);
    },
    list: async (type) => {
      const all: BlobInfo[] = [];
      let page: string | null = null;
      do {
        const part = (await run('list', { type, page })) as { blobs: unknown[]; next?: string | null };
        all.push(...part.blobs.map((blob) => blobInfo.parse(blob)));
        page = part.next ?? null;
      } while (page !== null);
      return all;
    },
    size: async (type, name) => (await run('size', { type, name })) as number | null,
    read: async (type, name, range = { offset: 0, length: null }) => {
      const operation: BlobOperation = {};
      if ((await run('read', { type, name, ...range }, operation)) === false) return null;
      if (operation.received === undefined) throw new Error('The plugin received no blob');
      return operation.received;
    },
    write: async (type, name, sending) => {
      const operation: BlobOperation = { sending };
      await run('write', { type, name, size: Buffer.byteLength(sending) }, operation);
      if (operation.sending !== undefined) throw new Error('The plugin did not send the blob');
    },
    async remove(type, name) {
      await run('remove', { type, name });
    },
  };
}

class TestServer {
  state: Record<string, unknown>;
  readonly asked: Asked[] = [];
  readonly logs: { level: string; message: string }[] = [];
  readonly timers = new Set<string>();
  readonly #storage = new Map<string, unknown>();
  readonly #manifest: PluginManifest;
  readonly #granted: readonly Capability[];
  readonly #setting: Setting;
  readonly #operations = new Map<string, BlobOperation>();
  #busy = 0;
  #begun = 0;

  constructor(manifest: PluginManifest, granted: readonly Capability[], setting: Setting) {
    this.#manifest = manifest;
    this.#granted = granted;
    this.#setting = setting;
    this.state = manifest.state?.initial ?? {};
  }

  async answer(verb: string, input: unknown): Promise<unknown> {
    this.#busy += 1;
    try {
      if (!isVerb(verb)) throw refused('plugin.unknownVerb', `There is no "${verb}"`);
      const { capability } = confinedVerbs[verb];
      if (!this.#granted.some((each) => each.capability === capability))
        throw refused('plugin.notGranted', `Cannot use "${verb}": the owner has not granted "${capability}"`);
      const parsed = confinedVerbs[verb].input.parse(input) as Asked['input'];
      this.asked.push({ verb, input: parsed });
      return await this.#handlers[verb](parsed as never);
    } finally {
      this.#busy -= 1;
    }
  }

  /** While a target works: what it sends is taken, what it receives is kept. */
  async during(operation: BlobOperation, run: (name: string) => Promise<unknown>): Promise<unknown> {
    const name = `operation-${(this.#begun += 1)}`;
    this.#operations.set(name, operation);
    try {
      return await run(name);
    } finally {
      this.#operations.delete(name);
    }
  }

  async #fetch(input: Fetched): Promise<Required<FetchedAnswer>> {
    if (this.#setting.fetch === undefined) throw refused('plugin.fetchFailed', 'The test answers no fetch');
    const { status = 200, headers = {}, body } = await this.#setting.fetch(input);
    return { status, headers, body };
  }

  /** Resolves when nothing is asked any more. */
  async quiet(): Promise<void> {
    for (let still = 0; still < 3; still = this.#busy === 0 ? still + 1 : 0) await new Promise(setImmediate);
  }

  /** What each does here. What only a real server shows is taken as done. */
  readonly #handlers: { readonly [V in ConfinedVerb]: (input: ConfinedParsed<V>) => unknown } = {
    'state.write': ({ value }) => {
      const shape = this.#manifest.state?.shape;
      if (shape === undefined) throw refused('plugin.notThere', 'plugin.json declares no state');
      this.state = schemaOf(shape).parse(value) as Record<string, unknown>;
      return null;
    },
    'storage.get': ({ key }) => this.#storage.get(key) ?? null,
    'storage.set': ({ key, value }) => void this.#storage.set(key, value),
    'storage.delete': ({ key }) => void this.#storage.delete(key),
    'storage.keys': () => [...this.#storage.keys()],
    'timers.set': ({ name }) => void this.timers.add(name),
    'timers.clear': ({ name }) => void this.timers.delete(name),
    'jobs.start': () => ({ job: 'test' }),
    'jobs.progress': () => null,
    'notifications.send': () => null,
    'health.report': () => null,
    'health.clear': () => null,
    'server.read': () => ({ name: 'Test', hostname: 'test', version: '0.0.0' }),
    'services.list': () => this.#setting.services ?? [],
    'services.read': (input) => this.#setting.services?.find(({ id }) => id === input.id) ?? null,
    'services.addresses': () => [],
    'services.giveAddresses': () => null,
    'services.move': () => null,
    'events.emit': ({ name, value }) => {
      const shape = this.#manifest.events?.[name];
      if (shape === undefined) throw refused('plugin.notThere', `plugin.json declares no event "${name}"`);
      schemaOf(shape).parse(value);
      return null;
    },
    'network.fetch': (input) => this.#fetch(input),
    'backup.fetch': async ({ operation: name, blob, ...input }) => {
      const operation = this.#operations.get(name);
      if (operation === undefined) throw refused('plugin.notUnderWay', 'The operation is not under way');
      if (blob !== 'send') {
        const answer = await this.#fetch(input);
        if (blob === null || (answer.status !== 200 && answer.status !== 206)) return answer;
        operation.received = answer.body;
        return { ...answer, body: '' };
      }
      const { sending } = operation;
      if (sending === undefined) throw refused('plugin.noBlob', 'The operation has no blob to send');
      const answer = await this.#fetch({ ...input, body: sending });
      if (answer.status >= 200 && answer.status < 300) delete operation.sending;
      return answer;
    },
  };
}

function isVerb(verb: string): verb is ConfinedVerb {
  return Object.hasOwn(confinedVerbs, verb);
}

function refused(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
