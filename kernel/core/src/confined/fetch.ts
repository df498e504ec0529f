/**
 * Fetches for a plugin: named hosts alone, and of those only addresses it may reach. The address that was looked at is the
 * one that is connected to; a redirect is a new request, looked at anew.
 */
import { lookup } from 'node:dns/promises';
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { CapabilityOf, ConfinedOutput, ConfinedParsed } from '@hearth/contract';
import { hostMatches, type Reach as Found, reachOf } from './addresses.ts';
import { refusals } from './errors.ts';

const limits = { answerBytes: 512 * 1024, ms: 20_000, redirects: 4 };
/** What only the one who really sends a request may say. */
const forbidden =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|expect|via|forwarded|x-forwarded-.*|x-real-ip)$/i;
const tellable =
  /^(content-type|content-language|content-length|content-range|accept-ranges|etag|last-modified|cache-control|expires|date|retry-after|link|location|x-ratelimit-.*|ratelimit.*)$/;

type Input = ConfinedParsed<'network.fetch'>;
type Answer = ConfinedOutput<'network.fetch'>;
type Grant = CapabilityOf<'network.fetch'>;

type Reach = Exclude<Found, 'never'>;

export interface FetchParts {
  /** As the system resolves names; all of them. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

/** Throws `plugin.hostRefused`, `plugin.fetchFailed`. */
export async function fetchFor(input: Input, grant: Grant, parts: FetchParts = {}): Promise<Answer> {
  const signal = AbortSignal.timeout(limits.ms);
  let { url, method, body } = input;
  for (let hops = 0; ; hops++) {
    const reach = (host: string): Reach | null => (hostMatches(host, grant.hosts) ? reachOfGrant(grant) : null);
    const target = await allowedTarget(url, reach, parts);
    const answer = await exchange(target, { ...input, method, body }, signal);
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer;
    if (hops >= limits.redirects) throw refusals.fetchFailed({ host: target.url.host, reason: 'too many redirects' });
    url = new URL(location, target.url).href;
    if (answer.status === 303 || (answer.status < 303 && method === 'POST')) [method, body] = ['GET', null];
    // What was meant for one host is not for the next.
    if (new URL(url).host !== target.url.host) input = { ...input, headers: {} };
  }
}

function reachOfGrant({ private: near }: Grant): Reach {
  return near === true ? 'private' : 'public';
}

export interface Target {
  readonly url: URL;
  readonly addresses: readonly string[];
}

/**
 * `reach`: how far a host may lead, null for one that may not be asked at all; `entered` is as `private`, of what a person
 * typed, who may mean an address. Throws `plugin.hostRefused`, `plugin.fetchFailed`.
 */
export async function allowedTarget(
  text: string,
  reach: (host: string) => Reach | 'entered' | null,
  { resolve = systemAddresses }: FetchParts,
): Promise<Target> {
  const refuse = (host: string, reason: string): never => {
    throw refusals.hostRefused({ host: host.slice(0, 100), reason });
  };
  if (!URL.canParse(text)) return refuse(text, 'it is no address');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse(url.host, 'only http and https are spoken');
  if (url.username !== '' || url.password !== '') return refuse(url.host, 'the address holds a password');
  const name = url.hostname.replace(/\.$/, '');
  const host = url.port === '' ? name : `${name}:${url.port}`;
  const granted = reach(host);
  if (granted === null) return refuse(url.host, 'it is not among the hosts that were granted');
  const found = await addressesOf(name, granted, resolve);
  if (found.length === 0) throw refusals.fetchFailed({ host: url.host, reason: 'no machine of that name is known' });
  const why = whyNot(found, granted);
  return why === null ? { url, addresses: found } : refuse(url.host, why);
}

/** An address stands for itself where a person typed it. */
async function addressesOf(
  name: string,
  granted: Reach | 'entered',
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return granted === 'entered' ? [bare] : [];
  return resolve(name).catch(() => []);
}

/** One of several that is not allowed: the name is not to be trusted at all. */
function whyNot(addresses: readonly string[], granted: Reach | 'entered'): string | null {
  const own = ownAddresses();
  const leads = addresses.map((address) => reachOf(address, own));
  if (leads.includes('never')) return 'it leads to an address nobody may use';
  return leads.includes('private') && granted === 'public' ? 'it leads into the home network or to this server' : null;
}

function exchange(target: Target, input: Input, signal: AbortSignal): Promise<Answer> {
  const { url } = target;
  const fail = (reason: string, cause?: unknown) => refusals.fetchFailed({ host: url.host, reason }, cause);
  return new Promise((resolve, reject) => {
    const call = requestTo(target, input, signal);
    call.once('error', (cause: Error) => reject(fail(signal.aborted ? 'it took too long' : cause.message, cause)));
    call.once('response', (response) => {
      read(response, input.binary).then(resolve, (cause: unknown) => {
        call.destroy();
        reject(fail(cause instanceof Error ? cause.message : 'it broke off', cause));
      });
    });
    call.end(input.body ?? undefined);
  });
}

/** Connects to the addresses that were looked at, and to no other. */
export function requestTo(
  { url, addresses }: Target,
  { method, headers: given }: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
  signal: AbortSignal,
): ClientRequest {
  const headers = Object.fromEntries(Object.entries(given).filter(([name]) => !forbidden.test(name)));
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return send(url, { method, headers, agent: false, signal, lookup: pinned(addresses) });
}

export function toldHeaders(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).flatMap(([name, value]) =>
      typeof value === 'string' && tellable.test(name) ? [[name, value.slice(0, 2000)] as const] : [],
    ),
  );
}

/** All of an answer, as far as a plugin may hold it. */
export async function read(response: IncomingMessage, binary: boolean): Promise<Answer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > limits.answerBytes) throw new Error(`the answer has more than ${limits.answerBytes} bytes`);
    pieces.push(piece);
  }
  return {
    status: response.statusCode ?? 0,
    headers: toldHeaders(response),
    body: Buffer.concat(pieces).toString(binary ? 'base64' : 'utf8'),
  };
}

/** Nothing is resolved twice: a second answer could be another one. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_, options, done) => {
    if (options.all === true) done(null, all);
    else done(null, all[0]?.address ?? '', all[0]?.family ?? 4);
  };
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function ownAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return new Set(all.map(({ address }) => address.split('%')[0] ?? ''));
}
