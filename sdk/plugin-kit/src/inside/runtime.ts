/** Carries messages between a plugin and the kernel: the only code beside the plugin's own in its isolate. */
import type { ConfinedFailure, KernelFrame, StartFrame, TargetFrame } from '@hearth/contract';
import type { Hearth, Plugin } from '../api.ts';
import { type Ask, createHearth, fetchFor, type Say } from './hearth.ts';

export interface Runtime {
  /** One message of the kernel. */
  readonly receive: (text: string) => void;
  /** Evaluates the plugin's script, runs its `start`, then takes what has waited. */
  readonly begin: (evaluate: () => unknown, start: StartFrame) => Promise<void>;
}

type Message = Exclude<KernelFrame, { readonly do: 'load' | 'ping' }>;
type Work = Extract<Message, { readonly do: 'method' | 'job' | 'target' }>;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export function createRuntime(send: (message: object) => void): Runtime {
  const asked = new Map<number, Waiting>();
  const cancelled = new Set<number>();
  const held: Message[] = [];
  let asks = 0;
  let plugin: Plugin | null = null;
  let hearth: Hearth | null = null;

  const ask: Ask = (verb, input) =>
    new Promise((resolve, reject) => {
      asks += 1;
      asked.set(asks, { resolve: resolve, reject });
      send({ ask: asks, verb, input });
    });
  const say: Say = (level, message) => send({ log: level, message: String(message).slice(0, 2000) });

  const answer = ({ answer: id, ...rest }: Extract<Message, { readonly answer: number }>): void => {
    const waiting = asked.get(id);
    asked.delete(id);
    if ('error' in rest) waiting?.reject(failed(rest.error));
    else waiting?.resolve((rest as { value: never }).value);
  };

  const work = async (message: Work, made: Plugin, given: Hearth): Promise<void> => {
    const { id } = message;
    try {
      const value = message.do === 'target' ? await serve(message, made, given) : await call(message, made, given);
      send({ done: id, value: value ?? null });
    } catch (error) {
      send({ done: id, error: failureOf(error) });
    } finally {
      cancelled.delete(id);
    }
  };
  const call = (message: Exclude<Work, TargetFrame>, made: Plugin, given: Hearth): unknown => {
    const { name, input } = message;
    const run = message.do === 'method' ? own(made.methods, name) : own(made.jobs, name);
    if (run === undefined) throw missing(message.do, name);
    return run(
      input,
      (message.do === 'method' ? { hearth: given, caller: message.caller } : jobRun(message, given)) as never,
    );
  };
  const serve = async (message: TargetFrame, made: Plugin, given: Hearth): Promise<unknown> => {
    const { name, step, operation, settings, input } = message;
    const target = own(made.targets, name);
    if (target === undefined) throw missing('target', name);
    const run = { hearth: given, settings: settings as never, fetch: fetchFor(operation, ask) };
    if (step === 'open') return target.open?.(run);
    return target[step](input as never, run);
  };
  const jobRun = ({ id, job }: Extract<Work, { readonly do: 'job' }>, given: Hearth) => ({
    hearth: given,
    job,
    cancelled: () => cancelled.has(id),
    progress: async (done: number, total: number | null, words?: string): Promise<void> => {
      await ask('jobs.progress', { job, done, total, ...(words !== undefined && { say: words }) });
    },
  });

  const wake = async (message: Extract<Message, { readonly do: 'event' | 'timer' }>): Promise<void> => {
    if (plugin === null || hearth === null) return;
    try {
      if (message.do === 'timer') await own(plugin.timers, message.name)?.({ hearth });
      else await own(plugin.events, message.name)?.(message.value, { hearth });
    } catch (error) {
      say('error', `${message.do} "${message.name}": ${failureOf(error).message}`);
    }
  };

  const take = (message: Message): void => {
    if ('answer' in message) return answer(message);
    if (message.do === 'cancel') cancelled.add(message.id);
    else if (plugin === null || hearth === null) held.push(message);
    else if (message.do === 'method' || message.do === 'job' || message.do === 'target')
      void work(message, plugin, hearth);
    else void wake(message);
  };

  return {
    receive(text) {
      const message = JSON.parse(text) as KernelFrame;
      if ('do' in message && message.do === 'ping') send({ pong: message.id });
      else take(message as Message);
    },
    async begin(evaluate, start) {
      try {
        const made = pluginOf(evaluate());
        const given = createHearth(start, ask, say);
        await made.start?.({ hearth: given });
        [plugin, hearth] = [made, given];
        send({ ready: true });
        for (const message of held.splice(0)) take(message);
      } catch (error) {
        send({ fault: failureOf(error).message });
      }
    },
  };
}

function pluginOf(exported: unknown): Plugin {
  const made = (exported as { default?: unknown } | undefined)?.default ?? exported;
  if (typeof made !== 'object' || made === null)
    throw new Error('The script must export a plugin: export default plugin({ ... })');
  return made;
}

/** Of the table itself, never of what all objects have. */
function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

function failed({ code, message }: ConfinedFailure): Error {
  return Object.assign(new Error(message), { code });
}

function missing(what: string, name: string): Error {
  return failed({ code: 'plugin.notThere', message: `The plugin has no ${what} "${name}"` });
}

function failureOf(error: unknown): ConfinedFailure {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    code: typeof code === 'string' ? code.slice(0, 200) : 'plugin.failed',
    message: (typeof message === 'string' ? message : String(error)).slice(0, 2000),
  };
}
