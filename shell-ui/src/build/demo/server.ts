/** Serves the built page with the headers the real door sends, and speaks the real wire: JSON-RPC, and CBOR frames. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { FeedHello, Frame } from '@hearth/contract';
import { Encoder } from 'cbor-x';
import { type WebSocket, WebSocketServer } from 'ws';
import { contentSecurityPolicy } from '../page.ts';
import { Backend, demoToken } from './backend.ts';
import type { Scene } from './state.ts';
import { Refusal } from './refusal.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};
const encoder = new Encoder({ useRecords: false, mapsAsObjects: true });

export interface Demo {
  readonly url: string;
  readonly backend: Backend;
  /** Cuts every feed, as a lost network does; they may come back. */
  dropFeeds(): void;
  close(): Promise<void>;
}

/** `folder` holds the built page; port 0 takes any. */
export async function startDemo(folder: string, scene: Scene, port = 0): Promise<Demo> {
  const backend = new Backend(scene, () => Date.now());
  const server = createServer((request, response) => void answer(request, response, folder, backend));
  const feeds = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (request.url !== '/feed') socket.destroy();
    else feeds.handleUpgrade(request, socket, head, (feed) => serveFeed(feed, backend));
  });
  await listen(server, port);
  const dropFeeds = (): void => {
    for (const feed of feeds.clients) feed.terminate();
  };
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    backend,
    dropFeeds,
    close: async () => {
      dropFeeds();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.listen(port, 'localhost', () => resolve(undefined));
  await promise;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  folder: string,
  backend: Backend,
): Promise<void> {
  if (request.method === 'POST' && request.url === '/rpc/v1') return answerCall(request, response, backend);
  if (request.method === 'POST' && request.url === '/upload') return answerUpload(request, response);
  const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
  const file = extname(path) === '' ? '/index.html' : path;
  const body = await readFile(join(folder, file)).catch(() => null);
  response.setHeader('Content-Security-Policy', contentSecurityPolicy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.writeHead(body === null ? 404 : 200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
  response.end(body ?? 'Not found');
}

/** Takes a file and forgets it. */
async function answerUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  await once(request, 'end');
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ upload: 'ab'.repeat(16) }));
}

async function answerCall(request: IncomingMessage, response: ServerResponse, backend: Backend): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
    id: number;
    method: string;
    params: unknown;
  };
  response.setHeader('Content-Type', 'application/json');
  try {
    if (!Backend.isOpen(method) && request.headers['x-hearth-token'] !== demoToken) {
      throw new Refusal('rpc.signInFirst', -32001, 'Cannot call: log in first');
    }
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: backend.call(method, params) ?? null }));
  } catch (cause) {
    const refusal = cause instanceof Refusal ? cause : new Refusal('hearth.internal', -32603, String(cause));
    const { code, rpc, message, data } = refusal;
    response.end(
      JSON.stringify({ jsonrpc: '2.0', id, error: { code: rpc, message, data: { ...data, code, callId: 'demo' } } }),
    );
  }
}

function serveFeed(feed: WebSocket, backend: Backend): void {
  const send = (frame: Frame): void => feed.send(encoder.encode(frame));
  feed.once('message', (data: Buffer) => {
    const { token, resume } = JSON.parse(data.toString('utf8')) as FeedHello;
    if (token !== demoToken) {
      send({ type: 'refused', code: 'rpc.signInFirst', message: 'Cannot open the feed: log in first' });
      feed.close();
      return;
    }
    const { epoch, rev } = backend;
    if (resume?.epoch !== epoch || resume.rev !== rev) {
      send({ type: 'snapshot', epoch, rev, value: backend.state as Record<string, unknown> });
    } else {
      send({ type: 'patch', epoch, from: rev, rev, ops: [] });
    }
    const undo = backend.watch((from, to, ops) => send({ type: 'patch', epoch, from, rev: to, ops }));
    feed.once('close', undo);
  });
}
