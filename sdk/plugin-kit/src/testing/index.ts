/**
 * @hearth/plugin-kit/testing: runs a plugin against a server of a few lines. The same code carries its calls as on a real
 * one, and the same tables say what was granted and what an input must be.
 */
import {
  type Capability,
  confinedFrame,
  type ConfinedFrame,
  type ConfinedInput,
  type ConfinedParsed,
  type ConfinedVerb,
  confinedVerbs,
  type PluginManifest,
  pluginManifest,
  type PublicService,
  schemaOf,
} from '@hearth/contract';
import { createRuntime } from '../inside/index.ts';
import type { Plugin } from '../api.ts';

export interface Setting {
  /** The content of plugin.json. */
  readonly manifest: unknown;
  /** Names of what the owner grants; everything that is asked unless told. */
  readonly granted?: readonly string[];
  readonly services?: readonly PublicService[];
  /** Answers `hearth.fetch`; without it every fetch fails. */
  readonly fetch?: (
    input: ConfinedInput<'network.fetch'>,
  ) =>
    | { readonly status?: number; readonly body: string }
    | Promise<{ readonly status?: number; readonly body: string }>;
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

class TestServer {
  state: Record<string, unknown>;
  readonly asked: Asked[] = [];
  readonly logs: { level: string; message: string }[] = [];
  readonly timers = new Set<string>();
  readonly #storage = new Map<string, unknown>();
  readonly #manifest: PluginManifest;
  readonly #granted: readonly Capability[];
  readonly #setting: Setting;
  #busy = 0;

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
    'network.fetch': async (input) => {
      if (this.#setting.fetch === undefined) throw refused('plugin.fetchFailed', 'The test answers no fetch');
      const { status = 200, body } = await this.#setting.fetch(input);
      return { status, headers: {}, body };
    },
  };
}

function isVerb(verb: string): verb is ConfinedVerb {
  return Object.hasOwn(confinedVerbs, verb);
}

function refused(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
