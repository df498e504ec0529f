/** The `hearth` a plugin holds: each call one message to the kernel. Runs where there is nothing but the language. */
import type { ConfinedInput, ConfinedOutput, ConfinedVerb, StartFrame } from '@hearth/contract';
import type { Answer, Hearth, TargetRun } from '../api.ts';

export type Ask = <V extends ConfinedVerb>(verb: V, input: ConfinedInput<V>) => Promise<ConfinedOutput<V>>;
/** Whatever a plugin hands in as a message. */
export type Say = (level: 'debug' | 'info' | 'warn' | 'error', message: unknown) => void;

/** Whose answer says nothing. */
const done = async (asked: Promise<unknown>): Promise<void> => {
  await asked;
};

export function createHearth(start: StartFrame, ask: Ask, say: Say): Hearth {
  const granted = new Set(start.granted);
  const move = (id: string, how: 'start' | 'stop' | 'restart') => done(ask('services.move', { id, move: how }));
  return Object.freeze({
    plugin: Object.freeze({ id: start.plugin, version: start.version }),
    granted: (name: string) => granted.has(name),
    state: createState(start, ask),
    storage: Object.freeze({
      get: async (key: string) => (await ask('storage.get', { key })) as never,
      set: (key: string, value: unknown) => done(ask('storage.set', { key, value: value as never })),
      delete: (key: string) => done(ask('storage.delete', { key })),
      keys: () => ask('storage.keys', {}),
    }),
    timers: Object.freeze({
      every: (name: string, seconds: number) => done(ask('timers.set', { name, seconds, again: true })),
      once: (name: string, seconds: number) => done(ask('timers.set', { name, seconds, again: false })),
      clear: (name: string) => done(ask('timers.clear', { name })),
    }),
    jobs: Object.freeze({
      start: (name: string, input: unknown = null) => ask('jobs.start', { name, input: input as never }),
    }),
    notify: ({ level = 'info', title, message = '' }: Parameters<Hearth['notify']>[0]) =>
      done(ask('notifications.send', { level, title, message })),
    health: Object.freeze({
      report: ({ id, name, result, message }: Parameters<Hearth['health']['report']>[0]) =>
        done(ask('health.report', { check: id, name, result, message: message ?? null })),
      clear: (id: string) => done(ask('health.clear', { check: id })),
    }),
    server: Object.freeze({ read: () => ask('server.read', {}) }),
    services: Object.freeze({
      list: () => ask('services.list', {}),
      read: (id: string) => ask('services.read', { id }),
      addresses: (id: string) => ask('services.addresses', { id }),
      giveAddresses: (addresses: Parameters<Hearth['services']['giveAddresses']>[0]) =>
        done(ask('services.giveAddresses', { addresses })),
      start: (id: string) => move(id, 'start'),
      stop: (id: string) => move(id, 'stop'),
      restart: (id: string) => move(id, 'restart'),
    }),
    emit: (name: string, value: Readonly<Record<string, unknown>>) =>
      done(ask('events.emit', { name, value: value as never })),
    fetch: async (url: string, request: Parameters<Hearth['fetch']>[1] = {}): Promise<Answer> => {
      const { method, headers, body, binary } = request;
      const answer = await ask('network.fetch', {
        url,
        ...(method !== undefined && { method }),
        ...(headers !== undefined && { headers }),
        ...(body !== undefined && { body }),
        ...(binary !== undefined && { binary }),
      });
      return { ...answer, json: <T>() => JSON.parse(answer.body) as T };
    },
    log: Object.freeze({
      debug: (message: string) => say('debug', message),
      info: (message: string) => say('info', message),
      warn: (message: string) => say('warn', message),
      error: (message: string) => say('error', message),
    }),
  });
}

/** What fetches for one operation on a place for backups. */
export function fetchFor(operation: string, ask: Ask): TargetRun<unknown>['fetch'] {
  return async (url, { method, headers, body, blob } = {}) => {
    const answer = await ask('backup.fetch', {
      operation,
      url,
      ...(method !== undefined && { method }),
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
      ...(blob !== undefined && { blob }),
    });
    return { ...answer, json: <T>() => JSON.parse(answer.body) as T };
  };
}

/** The plugin is the only writer of its state: what it wrote last is what is there. Changes wait for one another. */
function createState(start: StartFrame, ask: Ask): Hearth['state'] {
  let now = JSON.stringify(start.state ?? {});
  let queue: Promise<unknown> = Promise.resolve();
  return Object.freeze({
    read: () => JSON.parse(now) as Record<string, unknown>,
    change: (change: (draft: Record<string, unknown>) => void) => {
      const mine = queue.then(async () => {
        const draft = JSON.parse(now) as Record<string, unknown>;
        change(draft);
        const text = JSON.stringify(draft);
        if (text === now) return;
        await ask('state.write', { value: JSON.parse(text) as never });
        now = text;
      });
      queue = mine.catch(() => undefined);
      return mine;
    },
  });
}
