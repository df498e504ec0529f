/** The kernel's two sockets: one for the proxy, one for root. The same application behind both. */
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorKinds, HearthError } from '@hearth/contract';
import { errors, rpcErrors } from '../errors.ts';
import { type AppParts, createApp, meet } from './app.ts';
import type { DoorKind } from './exchange.ts';
import type { FeedRoute } from './feed-route.ts';
import { mustBeOwnPage } from './trust.ts';

export interface DoorParts extends AppParts {
  readonly sockets: { readonly kernel: string; readonly admin: string };
  readonly feed: FeedRoute;
}

export interface Door {
  open(): Promise<void>;
  /** No new calls; those under way get `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function createDoor(parts: DoorParts): Door {
  const servers = new Map<string, Server>([
    [parts.sockets.kernel, serverFor('proxy', parts)],
    [parts.sockets.admin, serverFor('admin', parts)],
  ]);
  return {
    async open() {
      for (const [path, server] of servers) await listen(server, path);
    },
    async close(graceMs) {
      parts.feed.close();
      await Promise.all([...servers.values()].map((server) => close(server, graceMs)));
    },
  };
}

function serverFor(kind: DoorKind, parts: DoorParts): Server {
  const handle = createApp(kind, parts).callback();
  // Bodies may be long in coming (uploads); headers may not.
  const server = createServer(
    { requestTimeout: 0, headersTimeout: 15_000, keepAliveTimeout: 75_000 },
    (request, response) => {
      void handle(request, response);
    },
  );
  server.on('upgrade', (request, socket, head) => {
    try {
      upgrade(kind, request, socket, head, parts);
    } catch (error) {
      turnAway(socket, HearthError.from(error));
    }
  });
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

function upgrade(kind: DoorKind, request: IncomingMessage, socket: Duplex, head: Buffer, parts: DoorParts): void {
  const visitor = meet(request, kind, parts.names);
  if ((request.url ?? '').split('?')[0] !== '/feed' || request.method !== 'GET')
    throw rpcErrors.unknownMethod({ method: 'upgrade' });
  if (kind === 'proxy') {
    if (visitor.facts.scheme !== 'https') throw rpcErrors.wrongOrigin({ origin: 'http' });
    mustBeOwnPage(visitor.facts, visitor.host);
  }
  parts.feed.upgrade(request, socket, head, visitor);
}

function turnAway(socket: Duplex, error: HearthError): void {
  const { http } = errorKinds[error.kind];
  socket.end(`HTTP/1.1 ${http} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** A socket left by a kernel that was killed is removed; one that answers is not. */
async function listen(server: Server, path: string): Promise<void> {
  if (await answers(path)) throw errors.socketTaken({ path, reason: 'another kernel answers there' });
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(errors.socketTaken({ path, reason: error.message }, error)));
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
