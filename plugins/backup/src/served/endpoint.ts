/**
 * Serves one store to the engine's restic, for as long as one piece of work lasts: on a socket of a random name in a folder
 * that is the kernel's user's alone.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { join } from 'node:path';
import { type BackupStore, HearthError, type Log } from '@hearth/contract';
import { answer } from './rest.ts';

export interface Endpoint {
  /** Name of the socket, as the engine is told it. */
  readonly socket: string;
  /** Aborted when the store has failed at one thing for so long that there is no sense in going on. */
  readonly hopeless: AbortSignal;
  /** What the store threw last. */
  failure(): HearthError | null;
  /** Whoever is still connected is cut off. */
  close(): Promise<void>;
}

/** Requests that are answered at the same time; restic makes four. Others wait. */
const mostAtOnce = 6;
const mostStreams = 32;
/** Of one request: a pack over a slow line. */
const longestMs = 15 * 60_000;

export function targetsFolder(run: string): string {
  return join(run, 'kernel/targets');
}

/** At the start of the kernel: sockets of one that ended without a word. */
export async function sweepSockets(run: string): Promise<void> {
  await rm(targetsFolder(run), { recursive: true, force: true });
  await mkdir(targetsFolder(run), { recursive: true, mode: 0o700 });
}

export interface EndpointParts {
  /** The folder of sockets that do not outlive a boot. */
  readonly run: string;
  readonly log: Log;
  /** So long a store may fail: restic tries each of its requests again, later each time, for a quarter of an hour. */
  readonly patienceMs: number;
}

export async function serveStore(store: BackupStore, { run, log, patienceMs }: EndpointParts): Promise<Endpoint> {
  const socket = randomBytes(12).toString('hex');
  const path = join(targetsFolder(run), `${socket}.sock`);
  const over = new AbortController();
  const hopeless = new AbortController();
  const sessions = new Set<ServerHttp2Session>();
  const room = new Room(mostAtOnce);
  /** Since when each kind of request fails. */
  const failing = new Map<string, number>();
  let last: HearthError | null = null;

  const fail = (stream: ServerHttp2Stream, what: string, error: unknown): void => {
    // The answer of a list or a read has begun: only a cut tells that it is not whole.
    if (stream.headersSent || stream.destroyed) stream.destroy();
    else stream.respond({ ':status': 500 }, { endStream: true });
    // It was restic that let go.
    if (over.signal.aborted || stream.aborted) return;
    last = HearthError.from(error);
    log.warn({ err: last, socket }, 'a place for backups failed');
    const since = failing.get(what) ?? performance.now();
    failing.set(what, since);
    if (performance.now() - since >= patienceMs) hopeless.abort(last);
  };
  const server = createServer({ settings: { maxConcurrentStreams: mostStreams }, maxSessionMemory: 64 });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', (error: Error) => log.debug({ err: error, socket }, 'a session of restic broke off'));
  });
  server.on('stream', (stream, headers) => {
    const gone = new AbortController();
    stream.once('close', () => gone.abort());
    stream.on('error', () => gone.abort());
    const signal = AbortSignal.any([over.signal, gone.signal, AbortSignal.timeout(longestMs)]);
    // Reading may go well where writing does not.
    const what = `${headers[':method'] ?? ''} ${headers[':path']?.split('/')[1] ?? ''}`;
    void room
      .enter(() => answer(store, stream, headers, signal))
      .then(
        () => failing.delete(what),
        (error: unknown) => fail(stream, what, error),
      );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  return {
    socket,
    hopeless: hopeless.signal,
    failure: () => last,
    async close() {
      over.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const session of sessions) session.destroy();
      await closed;
      await rm(path, { force: true });
    },
  };
}

/** So many at once, the others in turn. */
class Room {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  async enter<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((go) => this.#waiting.push(go));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
