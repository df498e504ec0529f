/** One connection of the kernel: its requests at work, and their cancelling. */
import type { Socket } from 'node:net';
import { type EngineMessage, HearthError } from '@hearth/contract';
import { z } from 'zod';
import type { Call } from '../host/machine.ts';
import { readLines, writeLine } from './lines.ts';

const request = z.union([
  z.object({ id: z.number().int(), verb: z.string(), input: z.unknown() }),
  z.object({ cancel: z.number().int() }),
]);

export type Run = (verb: string, input: unknown, call: Call) => Promise<unknown>;

export interface Session {
  send(message: EngineMessage): void;
  /** Cancels everything and waits for it to be undone. */
  close(): Promise<void>;
}

/** Progress is told this often at most. */
const progressEveryMs = 100;

export function serveSession(socket: Socket, run: Run, log: (error: unknown, verb: string) => void): Session {
  const running = new Map<number, AbortController>();
  const ends = new Set<Promise<void>>();
  const send = (message: EngineMessage) => writeLine(socket, message);

  const serve = async (id: number, verb: string, input: unknown) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const progress = throttled((done, total) => send({ id, progress: { done, total } }));
      const output = await run(verb, input, { signal: controller.signal, progress });
      send({ id, output });
    } catch (cause) {
      const error = HearthError.from(cause);
      if (error.kind === 'INTERNAL') log(cause, verb);
      send({ id, error: error.toWire() });
    } finally {
      running.delete(id);
    }
  };

  const take = (line: string) => {
    const parsed = request.safeParse(parseJson(line));
    // Whoever speaks something else is no kernel.
    if (!parsed.success || ('id' in parsed.data && running.has(parsed.data.id))) {
      socket.destroy();
    } else if ('cancel' in parsed.data) {
      running.get(parsed.data.cancel)?.abort();
    } else {
      const end = serve(parsed.data.id, parsed.data.verb, parsed.data.input);
      ends.add(end);
      void end.then(() => ends.delete(end));
    }
  };
  const cancelAll = () => {
    for (const controller of running.values()) controller.abort();
  };
  socket.on('error', () => socket.destroy());
  socket.on('close', cancelAll);
  readLines(socket, take);
  return {
    send,
    close: async () => {
      cancelAll();
      await Promise.allSettled(ends);
      socket.end();
    },
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function throttled(tell: Call['progress']): Call['progress'] {
  let last = 0;
  return (done, total) => {
    const now = Date.now();
    if (now - last < progressEveryMs && done !== total) return;
    last = now;
    tell(done, total);
  };
}
