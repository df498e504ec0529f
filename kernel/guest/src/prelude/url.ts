/** `url`: the standard's classes, and the old functions some bundles still call. */
import { Buffer } from 'buffer';
import StandardURL from 'core-js-pure/actual/url';
import StandardParameters from 'core-js-pure/actual/url-search-params';
import punycode from 'punycode/';
import { querystring } from './querystring.ts';
import { refusingAll } from './refused.ts';

export const URL = StandardURL as typeof globalThis.URL;
export const URLSearchParams = StandardParameters as typeof globalThis.URLSearchParams;

interface Parts {
  protocol: string | null;
  slashes: boolean | null;
  auth: string | null;
  host: string | null;
  port: string | null;
  hostname: string | null;
  hash: string | null;
  search: string | null;
  query: unknown;
  pathname: string | null;
  path: string | null;
  href: string;
}

const form =
  /^(?:([a-z][a-z0-9+.-]*:))?(\/\/)?(?:([^@/?#]*)@)?([^:/?#]*|\[[0-9a-f:.]*\])(?::(\d*))?([^?#]*)(\?[^#]*)?(#.*)?$/i;

const orNull = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

function parse(text: string, asQuery = false): Parts {
  const [, protocol, slashes, auth, name, port, rest = '', search, hash] = form.exec(text) ?? [];
  const hasHost = slashes !== undefined;
  const hostname = name ?? '';
  const withPort = port === undefined ? hostname : `${hostname}:${port}`;
  const pathname = hasHost ? rest || '/' : `${withPort}${rest}`;
  const query = search === undefined ? null : search.slice(1);
  return {
    protocol: orNull(protocol),
    slashes: hasHost ? true : null,
    auth: auth === undefined ? null : decodeURIComponent(auth),
    ...placeOf(hasHost, hostname, port),
    hash: orNull(hash),
    search: orNull(search),
    query: asQuery ? querystring.parse(query ?? '') : query,
    pathname: orNull(pathname),
    path: orNull(`${pathname}${search ?? ''}`),
    href: text,
  };
}

function placeOf(
  hasHost: boolean,
  hostname: string,
  port: string | undefined,
): Pick<Parts, 'host' | 'port' | 'hostname'> {
  if (!hasHost) return { host: null, port: null, hostname: null };
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  return { host, port: orNull(port), hostname: hostname.replace(/^\[|\]$/g, '') };
}

function hostOf({ host, hostname, port }: Partial<Parts>): string {
  if (host) return host;
  return hostname ? `${hostname}${port ? `:${port}` : ''}` : '';
}

function searchOf({ search, query }: Partial<Parts>): string {
  if (search) return search;
  const made =
    typeof query === 'object' && query !== null ? querystring.stringify(query as Record<string, unknown>) : '';
  return made === '' ? '' : `?${made}`;
}

function format(from: string | URL | Partial<Parts>): string {
  if (typeof from === 'string') return from;
  if (from instanceof URL) return from.href;
  const protocol = from.protocol ?? '';
  const scheme = protocol === '' || protocol.endsWith(':') ? protocol : `${protocol}:`;
  const host = hostOf(from);
  const auth = from.auth ? `${encodeURIComponent(from.auth).replace('%3A', ':')}@` : '';
  const slashed = from.slashes === true || /^(https?|ftp|file|wss?):$/.test(scheme);
  const slashes = slashed && (host !== '' || scheme === 'file:') ? '//' : '';
  return `${scheme}${slashes}${auth}${host}${from.pathname ?? ''}${searchOf(from)}${from.hash ?? ''}`;
}

export const urlModule = {
  URL,
  URLSearchParams,
  parse,
  format,
  ...refusingAll('url', 'URLPattern'),
  Url: function Url() {
    // What `parse` answers is told from other objects by nobody.
  },
  resolveObject: (from: string, to: string) => parse(new URL(to, from).href),
  fileURLToPathBuffer: (address: string | URL) => Buffer.from(decodeURIComponent(new URL(String(address)).pathname)),
  resolve: (from: string, to: string) => new URL(to, from).href,
  fileURLToPath: (address: string | URL) => decodeURIComponent(new URL(String(address)).pathname),
  pathToFileURL: (path: string) => new URL(`file://${path.split('/').map(encodeURIComponent).join('/')}`),
  domainToASCII: (name: string) => punycode.toASCII(name),
  domainToUnicode: (name: string) => punycode.toUnicode(name),
  urlToHttpOptions: (address: URL) => ({
    protocol: address.protocol,
    hostname: address.hostname,
    path: `${address.pathname}${address.search}`,
    href: address.href,
    ...(address.port !== '' && { port: Number(address.port) }),
  }),
};
