/** An engine without a machine: answers what the test tells it to, remembers what it was asked. */
import {
  type EngineClient,
  type EngineEventMap,
  type EngineInput,
  type EngineOutput,
  type EngineVerb,
  engineVerbs,
} from '@hearth/contract';

export type EngineAnswers = {
  readonly [V in EngineVerb]?: (
    input: EngineInput<V>,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number | null) => void },
  ) => EngineOutput<V> | Promise<EngineOutput<V>>;
};

export interface FakeEngine extends EngineClient {
  readonly calls: { readonly verb: EngineVerb; readonly input: unknown }[];
  emit<K extends keyof EngineEventMap>(event: K, value: EngineEventMap[K]): void;
}

/** Verbs without an answer whose output is an empty object (or list) succeed; the others throw. */
export function fakeEngine(answers: EngineAnswers = {}): FakeEngine {
  const listeners = new Map<string, Set<(value: never) => void>>();
  const calls: FakeEngine['calls'] = [];
  return {
    calls,
    async call(verb, input, options = {}) {
      const parsed = engineVerbs[verb].input.parse(input) as never;
      calls.push({ verb, input: parsed });
      const answer = (answers[verb] ?? readyAnswers[verb]) as
        | ((input: unknown, options: unknown) => unknown)
        | undefined;
      const output = answer === undefined ? emptyOutput(verb) : await answer(parsed, options);
      return engineVerbs[verb].output.parse(output) as never;
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => void set.delete(listener);
    },
    emit(event, value) {
      for (const listener of listeners.get(event) ?? []) listener(value as never);
    },
  };
}

/** A machine on which everything is there. */
const machine: EngineOutput<'host.prepare'> = {
  kernel: '6.1.0',
  architecture: 'x86_64',
  cgroup: 'v2',
  lxc: '5.0.2',
  memory: 8 * 2 ** 30,
  ids: { first: 100_000, services: 253 },
  bridge: { name: 'hearth0', address: '127.0.0.1' },
  dataFileSystem: 'ext4',
  snapshots: false,
  unkept: [],
};
const usage: EngineOutput<'host.usage'> = {
  diskFree: 50 * 2 ** 30,
  diskTotal: 100 * 2 ** 30,
  memoryAvailable: 4 * 2 ** 30,
  memoryTotal: 8 * 2 ** 30,
  load: 0.5,
};
const readyAnswers: EngineAnswers = { 'host.prepare': () => machine, 'host.usage': () => usage };

function emptyOutput(verb: EngineVerb): unknown {
  const { output } = engineVerbs[verb];
  const fits = [{}, [], null].find((candidate) => output.safeParse(candidate).success);
  if (fits === undefined) throw new Error(`The fake engine has no answer for ${verb}`);
  return fits;
}
