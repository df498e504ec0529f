/**
 * The feed as a WebSocket at /feed.
 *
 * First message: the hello, within five seconds, with the origin-bound half of the session (the cookie came with the
 * upgrade). Then the client only listens. The socket closes when its session ends.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Authenticator, type Frame, HearthError, type Log, type Principal } from '@hearth/contract';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { rpcErrors } from '../errors.ts';
import { mustAllow } from '../rpc/allow.ts';
import { decode, encode } from '../state/codec.ts';
import type { Feed } from '../state/feed.ts';
import { viewOf } from '../state/view.ts';
import { exchangeOf, principalOf, type Visitor } from './exchange.ts';

const helloMs = 5000;
const pingMs = 30_000;
const recheckMs = 60_000;
const largestMessage = 65_536;
/** Per minute; after the hello there is nothing to say. */
const mostMessages = 100;

/** Close codes of our own. */
const codes = { refused: 4401, 'too-slow': 4408, stopping: 1001, noisy: 1008 } as const;

const hello = z.object({
  token: z.string().max(512).nullable(),
  resume: z.object({ epoch: z.string().max(64), rev: z.number().int().nonnegative() }).optional(),
  paths: z.array(z.string().max(1024)).max(32).optional(),
});

export interface FeedRouteParts {
  readonly feed: Feed;
  readonly authenticator: () => Authenticator | null;
  readonly log: Log;
  readonly limit: number;
  /** How often it is asked whether whoever follows still may. */
  readonly recheckMs?: number;
}

export interface FeedRoute {
  /** The request has been found to come from a page of our own, or from no browser. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, visitor: Visitor): void;
  close(): void;
}

export function createFeedRoute(parts: FeedRouteParts): FeedRoute {
  const server = new WebSocketServer({ noServer: true, maxPayload: largestMessage, perMessageDeflate: false });
  const beat = setInterval(() => {
    for (const socket of server.clients as Set<WebSocket & { quiet?: boolean }>) {
      if (socket.quiet === true) socket.terminate();
      socket.quiet = true;
      socket.ping();
    }
  }, pingMs);

  const serve = (socket: WebSocket & { quiet?: boolean }, request: IncomingMessage, visitor: Visitor): void => {
    const undo: (() => void)[] = [];
    let messages = 0;
    const refuse = (error: HearthError): void => {
      send(socket, { type: 'refused', code: error.code, message: error.message });
      socket.close(codes.refused, error.code);
    };
    const timer = setTimeout(() => refuse(rpcErrors.helloExpected({ ms: helloMs })), helloMs);
    undo.push(() => clearTimeout(timer));
    socket.on('error', (error) => parts.log.debug({ err: error }, 'a feed broke'));
    socket.on('pong', () => void (socket.quiet = false));
    socket.on('close', () => {
      for (const each of undo) each();
    });
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      messages += 1;
      if (messages > mostMessages) socket.close(codes.noisy, 'too many messages');
      if (messages > 1) return;
      clearTimeout(timer);
      begin(socket, request, visitor, data, isBinary, parts).then(
        (off) => (socket.readyState === socket.OPEN ? undo.push(...off) : off.forEach((each) => each())),
        (error: unknown) => refuse(HearthError.from(error)),
      );
    });
  };

  return {
    upgrade(request, socket, head, visitor) {
      if (server.clients.size >= parts.limit) throw rpcErrors.tooManySockets({ limit: parts.limit });
      server.handleUpgrade(request, socket, head, (open) => serve(open, request, visitor));
    },
    close() {
      clearInterval(beat);
      for (const socket of server.clients) socket.close(codes.stopping, 'stopping');
      // Those that do not answer the close are not waited for.
      setTimeout(() => server.clients.forEach((socket) => socket.terminate()), 500).unref();
      server.close();
    },
  };
}

async function begin(
  socket: WebSocket,
  request: IncomingMessage,
  visitor: Visitor,
  data: Buffer,
  isBinary: boolean,
  parts: FeedRouteParts,
): Promise<(() => void)[]> {
  const greeting = readHello(data, isBinary);
  const exchange = exchangeOf(request, visitor, { token: greeting.token });
  const authenticator = parts.authenticator();
  const principal = await principalOf(request, visitor, exchange, authenticator);
  mustAllow('/feed', 'viewer', principal);
  const sink = {
    send: (frame: Uint8Array) => socket.send(frame),
    get buffered() {
      return socket.bufferedAmount;
    },
    close: (reason: 'too-slow' | 'stopping') => socket.close(codes[reason], reason),
  };
  const leave = parts.feed.join(sink, greeting.resume, viewOf(greeting.paths));
  const still = setInterval(() => {
    // A session or token may have come to its end by itself, or with its user's role.
    void principalOf(request, visitor, exchange, parts.authenticator())
      .then((now) => mustAllow('/feed', 'viewer', now))
      .catch(() => socket.close(codes.refused, 'the session is over'));
  }, parts.recheckMs ?? recheckMs);
  return [leave, () => clearInterval(still), closeWithSession(socket, principal, authenticator)];
}

function closeWithSession(socket: WebSocket, principal: Principal, authenticator: Authenticator | null): () => void {
  if (principal.kind !== 'user' || authenticator === null) return () => undefined;
  return authenticator.onSessionEnd((session) => {
    if (session === principal.session) socket.close(codes.refused, 'the session is over');
  });
}

function readHello(data: Buffer, isBinary: boolean): z.output<typeof hello> {
  try {
    return hello.parse(isBinary ? decode(data) : JSON.parse(data.toString('utf8')));
  } catch (error) {
    throw rpcErrors.helloExpected({ ms: helloMs }, error);
  }
}

function send(socket: WebSocket, frame: Frame): void {
  if (socket.readyState === socket.OPEN) socket.send(encode(frame));
}
