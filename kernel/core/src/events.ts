/** Announcements between rooms: typed, isolated, without answers. */
import { type EventMap, type Events, HearthError, type Log } from '@hearth/contract';

type Listener = (value: never) => void | Promise<void>;

export interface EventBus extends Events {
  /** The same bus as `owner` sees it: failures are logged under that name, `close` takes all its listeners away. */
  for(owner: string): Events & { close(): void };
  /** Number of listeners; back to 0 when everyone has let go. */
  readonly size: number;
}

export function createEvents(log: Log): EventBus {
  const listeners = new Map<string, Set<{ readonly owner: string; readonly listener: Listener }>>();

  const on = (owner: string, event: string, listener: Listener): (() => void) => {
    const entry = { owner, listener };
    const set = listeners.get(event) ?? new Set();
    listeners.set(event, set.add(entry));
    return () => {
      set.delete(entry);
    };
  };

  const failed = (owner: string, event: string, error: unknown): void =>
    log.error({ owner, event, err: HearthError.from(error) }, 'an event listener failed');

  const emit = <K extends keyof EventMap>(event: K, value: EventMap[K]): void => {
    // A copy: listeners that come or go meanwhile do not change this round.
    for (const { owner, listener } of [...(listeners.get(event) ?? [])]) {
      try {
        const done = listener(value as never);
        if (done instanceof Promise) done.catch((error: unknown) => failed(owner, event, error));
      } catch (error) {
        failed(owner, event, error);
      }
    }
  };

  return {
    on: (event, listener) => on('kernel', event, listener),
    emit,
    for(owner) {
      const undo = new Set<() => void>();
      return {
        emit,
        on(event, listener) {
          const off = on(owner, event, listener);
          undo.add(off);
          return () => {
            undo.delete(off);
            off();
          };
        },
        close() {
          for (const off of undo) off();
          undo.clear();
        },
      };
    },
    get size() {
      return [...listeners.values()].reduce((sum, set) => sum + set.size, 0);
    },
  };
}
