/**
 * The HTTP application: trust, then one of a handful of rooms. The same for the proxy's socket and for root's.
 *
 * Nothing here decides what a caller may do; that is the dispatcher's.
 */
import type { Authenticator, HearthError as Failure, Log, Route, ServiceRow } from '@hearth/contract';
import { errorKinds, HearthError } from '@hearth/contract';
import Koa, { type Context } from 'koa';
import { rpcErrors } from '../errors.ts';
import { mustAllow } from '../rpc/allow.ts';
import { type Dispatcher, newCallId } from '../rpc/dispatcher.ts';
import { answerBody } from '../rpc/envelope.ts';
import { toRpcError } from '../rpc/wire-errors.ts';
import { keepUpload, mustBeOfType, readText } from './body.ts';
import {
  clientAddressOf,
  type DoorKind,
  exchangeOf,
  principalOf,
  readFacts,
  setCookieHeader,
  type Visitor,
} from './exchange.ts';
import { securityHeaders, strangerPolicy } from './headers.ts';
import { panelHeaders, type PanelFile } from '../confined/panel.ts';
import { readIcon } from './icon.ts';
import { findStaticFile, type StaticFile } from './static-files.ts';
import { mustBeOwnPage, mustNotBeEmbedded, type Names, trustedHost } from './trust.ts';

/** Bytes of a JSON-RPC body: inputs of actions may hold keys and certificates, not files. */
const largestBody = 4 * 1024 * 1024;
const postOnly = new Set(['/rpc/v1', '/upload']);

export interface AppParts {
  readonly log: Log;
  readonly dispatcher: Dispatcher;
  readonly authenticator: () => Authenticator | null;
  readonly names: () => Names;
  readonly routes: ReadonlyMap<string, { readonly route: Route; readonly up: () => Promise<void> }>;
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly readService: (service: string) => ServiceRow | null;
  /** A file of the page of a confined plugin. */
  readonly readPanel: (plugin: string, file: string) => Promise<PanelFile | null>;
  readonly openrpc: () => string;
  readonly places: { readonly data: string; readonly staging: string };
  readonly uploadLimit: number;
  readonly httpsPort: number;
}

/** Who this is, by the socket and the headers. Throws `rpc.wrongHost`. */
export function meet(request: Context['req'], kind: DoorKind, names: () => Names): Visitor {
  const facts = readFacts(request);
  const host = kind === 'admin' ? 'localhost' : trustedHost(facts, names());
  return { kind, facts, host, clientAddress: clientAddressOf(request, kind) };
}

export function createApp(kind: DoorKind, parts: AppParts): Koa {
  const app = new Koa();
  app.on('error', (error: unknown) => parts.log.debug({ err: error }, 'an answer could not be sent'));
  app.use(async (context) => {
    const callId = newCallId();
    try {
      const visitor = meet(context.req, kind, parts.names);
      context.set(securityHeaders(visitor.facts.scheme, visitor.host));
      await serve(context, visitor, callId, parts);
    } catch (error) {
      refuse(context, HearthError.from(error), callId, parts.log);
    }
  });
  return app;
}

async function serve(context: Context, visitor: Visitor, callId: string, parts: AppParts): Promise<void> {
  const { method, path } = context;
  const route = parts.routes.get(path);
  if (visitor.kind === 'proxy' && visitor.facts.scheme === 'http' && route?.route.plainHttp !== true) {
    const name = visitor.host.replace(/:\d+$/, '');
    context.status = 308;
    context.redirect(`https://${name}${parts.httpsPort === 443 ? '' : `:${parts.httpsPort}`}${context.url}`);
    return;
  }
  const reads = (method === 'GET' || method === 'HEAD') && !postOnly.has(path);
  if (reads) {
    const panel = /^\/panel\/([a-z0-9-]{1,40})\/(.{1,200})$/.exec(path);
    // Its frame has an origin of its own: to the browser its files are asked for by a stranger.
    if (panel !== null) return servePanel(context, visitor, panel, parts);
    if (visitor.kind === 'proxy') mustNotBeEmbedded(visitor.facts, visitor.host);
    return route === undefined
      ? serveResource(context, parts)
      : servePluginRoute(context, visitor, callId, parts, route);
  }
  if (method === 'POST') return servePost(context, visitor, parts);
  context.set('Allow', postOnly.has(path) ? 'POST' : 'GET, HEAD');
  context.status = 405;
}

async function servePost(context: Context, visitor: Visitor, parts: AppParts): Promise<void> {
  if (visitor.kind === 'proxy') mustBeOwnPage(visitor.facts, visitor.host);
  if (context.path === '/rpc/v1') return serveRpc(context, visitor, parts);
  if (context.path === '/upload') return serveUpload(context, visitor, parts);
  context.status = 404;
}

async function serveRpc(context: Context, visitor: Visitor, parts: AppParts): Promise<void> {
  mustBeOfType(context.req, 'application/json');
  const text = await readText(context.req, largestBody);
  const gone = new AbortController();
  context.res.once('close', () => {
    if (!context.res.writableFinished) gone.abort(new DOMException('The caller went away', 'AbortError'));
  });
  const exchange = exchangeOf(context.req, visitor, {
    setCookie: (name, value, maxAge) => context.append('Set-Cookie', setCookieHeader(name, value, maxAge)),
  });
  const principal = await principalOf(context.req, visitor, exchange, parts.authenticator());
  const { status, body } = await answerBody(text, (name, input, callId) =>
    parts.dispatcher.call({ method: name, input, principal, callId, signal: gone.signal, exchange }),
  );
  context.set('Cache-Control', 'no-store');
  context.status = status;
  context.body = body === null ? null : JSON.stringify(body);
  if (body !== null) context.type = 'application/json';
}

async function serveUpload(context: Context, visitor: Visitor, parts: AppParts): Promise<void> {
  mustBeOfType(context.req, 'application/octet-stream');
  const exchange = exchangeOf(context.req, visitor);
  mustAllow('/upload', 'admin', await principalOf(context.req, visitor, exchange, parts.authenticator()));
  context.body = { upload: await keepUpload(context.req, parts.places.staging, parts.uploadLimit) };
}

async function servePluginRoute(
  context: Context,
  visitor: Visitor,
  callId: string,
  parts: AppParts,
  { route, up }: { readonly route: Route; readonly up: () => Promise<void> },
): Promise<void> {
  await up();
  const exchange = exchangeOf(context.req, visitor);
  const principal = await principalOf(context.req, visitor, exchange, parts.authenticator());
  mustAllow(route.path, route.allow, principal);
  const log = parts.log.child({ call: callId });
  const signal = AbortSignal.timeout(30_000);
  const answer = await route.handle(new URLSearchParams(context.querystring), {
    principal,
    callId,
    signal,
    log,
    exchange,
  });
  context.set('Cache-Control', 'no-cache');
  context.set({ ...answer.headers });
  context.body = typeof answer.body === 'string' ? answer.body : Buffer.from(answer.body);
  context.type = answer.type;
}

async function serveResource(context: Context, parts: AppParts): Promise<void> {
  if (context.path === '/openrpc.json') {
    context.body = parts.openrpc();
    context.type = 'application/json';
    return;
  }
  const service = /^\/icon\/([^/]+)$/.exec(context.path)?.[1];
  if (service !== undefined) return serveIcon(context, service, parts);
  const file = findStaticFile(parts.files, context.path);
  if (file === undefined) {
    context.status = 404;
    context.body = 'Not found';
    return;
  }
  context.set('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  context.set('Vary', 'Accept-Encoding');
  const zipped = file.zipped !== null && context.acceptsEncodings('gzip', 'identity') === 'gzip' ? file.zipped : null;
  if (zipped !== null) context.set('Content-Encoding', 'gzip');
  sendTagged(context, file.etag, file.type, zipped ?? file.bytes);
}

/** Nothing in it is secret: it came with an archive. Whoever is shown it, its frame keeps it from everything else. */
async function servePanel(context: Context, visitor: Visitor, found: RegExpExecArray, parts: AppParts): Promise<void> {
  const [, plugin = '', file = ''] = found;
  const panel = await parts.readPanel(plugin, file);
  if (panel === null) {
    context.status = 404;
    return;
  }
  context.set(panelHeaders(`${visitor.facts.scheme}://${visitor.host}`, plugin));
  sendTagged(context, panel.etag, panel.type, panel.bytes);
}

async function serveIcon(context: Context, service: string, parts: AppParts): Promise<void> {
  const icon = await readIcon(parts.places.data, service, parts.readService);
  if (icon === null) {
    context.status = 404;
    return;
  }
  context.set('Content-Security-Policy', strangerPolicy);
  context.set('Cache-Control', 'no-cache');
  sendTagged(context, icon.etag, icon.type, icon.bytes);
}

function sendTagged(context: Context, etag: string, type: string, bytes: Buffer): void {
  context.status = 200;
  context.set('ETag', etag);
  if (context.fresh) {
    context.status = 304;
    return;
  }
  context.body = bytes;
  context.set('Content-Type', type);
}

/** Every refusal in one shape, for pages and programs; never a stack. */
function refuse(context: Context, error: Failure, callId: string, log: Log): void {
  if (error.kind === 'INTERNAL') log.error({ call: callId, path: context.path, err: error }, 'request failed');
  context.set(securityHeaders('http', 'localhost'));
  context.set('Cache-Control', 'no-store');
  context.status = statusOf(error);
  context.body = JSON.stringify({ error: toRpcError(error, callId) });
  context.type = 'application/json';
  // The rest of a refused body is not read.
  if (!context.req.complete) context.set('Connection', 'close');
}

const statuses: Readonly<Record<string, number>> = {
  [rpcErrors.wrongHost().code]: 421,
  [rpcErrors.tooLarge().code]: 413,
  [rpcErrors.wrongType().code]: 415,
};

function statusOf(error: Failure): number {
  return statuses[error.code] ?? errorKinds[error.kind].http;
}
