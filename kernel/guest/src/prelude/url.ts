/** `url`: the standard's classes, and the old functions some bundles still call. */
import StandardURL from 'core-js-pure/actual/url';
import StandardParameters from 'core-js-pure/actual/url-search-params';
import punycode from 'punycode/';
import { querystring } from './querystring.ts';

export const URL = StandardURL as unknown as typeof globalThis.URL;
export const URLSearchParams = StandardParameters as unknown as typeof globalThis.URLSearchParams;

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

function parse(text: string, asQuery = false): Parts {
  const [, protocol = null, slashes, auth, hostname, port, rest = '', search = null, hash = null] =
    form.exec(text) ?? [];
  const hasHost = slashes !== undefined;
  const pathname = hasHost ? rest || '/' : `${hostname ?? ''}${port === undefined ? '' : `:${port}`}${rest}`;
  const name = hasHost ? (hostname ?? '').replace(/^\[|\]$/g, '') : null;
  const query = search === null ? null : search.slice(1);
  return {
    protocol,
    slashes: hasHost ? true : null,
    auth: auth === undefined ? null : decodeURIComponent(auth),
    host: hasHost ? `${hostname ?? ''}${port ? `:${port}` : ''}` : null,
    port: hasHost && port ? port : null,
    hostname: name,
    hash,
    search,
    query: asQuery ? querystring.parse(query ?? '') : query,
    pathname: pathname === '' ? null : pathname,
    path: pathname === '' && search === null ? null : `${pathname}${search ?? ''}`,
    href: text,
  };
}

function format(from: string | URL | Partial<Parts>): string {
  if (typeof from === 'string') return from;
  if (from instanceof URL) return from.href;
  const parts = from as Partial<Parts>;
  const protocol = parts.protocol ?? '';
  const scheme = protocol === '' || protocol.endsWith(':') ? protocol : `${protocol}:`;
  const host = parts.host ?? (parts.hostname ? `${parts.hostname}${parts.port ? `:${parts.port}` : ''}` : '');
  const auth = parts.auth ? `${encodeURIComponent(parts.auth).replace('%3A', ':')}@` : '';
  const slashes = parts.slashes === true || /^(https?|ftp|file|wss?):$/.test(scheme) ? '//' : '';
  const query = parts.query;
  const made =
    typeof query === 'object' && query !== null ? querystring.stringify(query as Record<string, unknown>) : '';
  const search = parts.search ?? (made === '' ? '' : `?${made}`);
  return `${scheme}${host === '' && scheme !== 'file:' ? '' : slashes}${auth}${host}${parts.pathname ?? ''}${search}${parts.hash ?? ''}`;
}

export const urlModule = {
  URL,
  URLSearchParams,
  parse,
  format,
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
