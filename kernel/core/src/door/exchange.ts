/** From an HTTP request to who is asking: facts, principal, exchange. */
import type { IncomingMessage } from 'node:http';
import type { Authenticator, Exchange, Principal } from '@hearth/contract';
import type { RequestFacts } from './trust.ts';

/**
 * `proxy`: our nginx, whose `X-Real-IP` and `X-Forwarded-*` are true. `admin`: the socket only root and Hearth itself may
 * open; whoever is there is root.
 */
export type DoorKind = 'proxy' | 'admin';

export interface Visitor {
  readonly kind: DoorKind;
  readonly facts: RequestFacts & { readonly mode: string | undefined };
  readonly clientAddress: string;
  /** Checked; with port. */
  readonly host: string;
}

export function readFacts(request: IncomingMessage): Visitor['facts'] {
  const forwarded = one(request, 'x-forwarded-proto');
  return {
    host: one(request, 'x-forwarded-host') ?? request.headers.host,
    scheme: forwarded === 'http' ? 'http' : 'https',
    origin: one(request, 'origin'),
    fetchSite: one(request, 'sec-fetch-site'),
    mode: one(request, 'sec-fetch-mode'),
  };
}

export function clientAddressOf(request: IncomingMessage, kind: DoorKind): string {
  return kind === 'admin' ? 'local' : (one(request, 'x-real-ip') ?? 'unknown');
}

export function bearerOf(request: IncomingMessage): string | null {
  const [, token = null] = /^Bearer ([\w.~+/=-]{1,512})$/.exec(request.headers.authorization ?? '') ?? [];
  return token;
}

/** Of a `Cookie` header; the first of that name, as nobody else can set one with our prefix. */
export function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

export interface ExchangeOptions {
  readonly token?: string | null;
  readonly setCookie?: Exchange['setCookie'];
}

export function exchangeOf(request: IncomingMessage, visitor: Visitor, options: ExchangeOptions = {}): Exchange {
  return {
    clientAddress: visitor.clientAddress,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
    origin: visitor.facts.origin ?? null,
    token: options.token ?? one(request, 'x-hearth-token') ?? null,
    cookie: (name) => cookieOf(request, name),
    setCookie: options.setCookie ?? (() => undefined),
  };
}

/** Root on the admin socket; else whoever the accounts know; anonymous while nobody keeps accounts. */
export async function principalOf(
  request: IncomingMessage,
  visitor: Visitor,
  exchange: Exchange,
  authenticator: Authenticator | null,
): Promise<Principal> {
  if (visitor.kind === 'admin') return { kind: 'root' };
  if (authenticator === null) return { kind: 'anonymous' };
  const { clientAddress, token } = exchange;
  // A browser leaves the origin out of plain GETs; the host it asked for then stands for it.
  const origin =
    exchange.origin ?? (visitor.facts.fetchSite === 'same-origin' ? `${visitor.facts.scheme}://${visitor.host}` : null);
  const cookie = (name: string): string | null => exchange.cookie(name);
  return authenticator.authenticate({ clientAddress, origin, token, cookie, bearer: bearerOf(request) });
}

export function setCookieHeader(name: string, value: string, maxAge: number): string {
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=${Math.max(0, Math.floor(maxAge))}`;
}

function one(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
