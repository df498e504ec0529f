/** Speaks to an engine: for tests and tools; the kernel has its own. */
import { connect } from 'node:net';
import {
  type EngineClient,
  type EngineEventMap,
  type EngineMessage,
  type EngineOutput,
  type EngineVerb,
  HearthError,
} from '@hearth/contract';
import { errors } from '../errors.ts';
import { readLines, writeLine } from './lines.ts';

export interface ConnectedEngine extends EngineClient {
  close(): void;
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (cause: unknown) => void;
  readonly onProgress: ((done: number, total: number | null) => void) | undefined;
}

export async function connectEngine(path: string): Promise<ConnectedEngine> {
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Set<(value: never) => void>>();
  let lastId = 0;

  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(errors.disconnected());
    waiting.clear();
  });
  readLines(socket, (line) => {
    const message = JSON.parse(line) as EngineMessage;
    if ('event' in message) {
      for (const listener of listeners.get(message.event) ?? []) listener(message.value as never);
      return;
    }
    const call = waiting.get(message.id);
    if ('progress' in message) {
      call?.onProgress?.(message.progress.done, message.progress.total);
      return;
    }
    waiting.delete(message.id);
    if ('error' in message) call?.reject(HearthError.fromWire(message.error));
    else call?.resolve(message.output);
  });

  return {
    call: <V extends EngineVerb>(verb: V, input: unknown, options: Parameters<EngineClient['call']>[2] = {}) => {
      const { signal, onProgress } = options;
      if (socket.destroyed) return Promise.reject(errors.disconnected());
      lastId += 1;
      const id = lastId;
      const cancel = () => writeLine(socket, { cancel: id });
      return new Promise<EngineOutput<V>>((resolve, reject) => {
        waiting.set(id, { resolve: (output) => resolve(output as EngineOutput<V>), reject, onProgress });
        writeLine(socket, { id, verb, input });
        if (signal?.aborted === true) cancel();
        else signal?.addEventListener('abort', cancel, { once: true });
      }).finally(() => signal?.removeEventListener('abort', cancel));
    },
    on: <K extends keyof EngineEventMap>(event: K, listener: (value: EngineEventMap[K]) => void) => {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
    close: () => socket.destroy(),
  };
}
