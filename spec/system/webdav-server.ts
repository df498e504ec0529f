/** A WebDAV server for tests: class 1, as far as backups need it, with a user and a password, on a folder. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface WebdavServer {
  /** `http://127.0.0.1:N/`. */
  readonly url: string;
  /** Runs before a request is dealt with; tests put theirs here. */
  before: (method: string, path: string) => void | Promise<void>;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is asked about; `size` null of a folder. */
interface Resource {
  readonly root: string;
  readonly path: string;
  readonly found: { readonly size: number | null } | null;
}

export async function startWebdav(root: string, user: string, password: string): Promise<WebdavServer> {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const handle = async (request: IncomingMessage): Promise<Reply> => {
    if (request.headers.authorization !== wanted) return { status: 401, headers: { connection: 'close' } };
    const { method = '', url = '/' } = request;
    const path = new URL(url, 'http://x').pathname;
    await made.before(method, path);
    const found = await look(join(root, path));
    return (await methods[method]?.(request, { root, path, found })) ?? { status: 405 };
  };
  const server = createServer((request, response) => {
    handle(request).then(
      ({ status, body = '', headers = {} }) => {
        response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
        response.end(body);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const made: WebdavServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    before: () => undefined,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  return made;
}

const methods: Readonly<Record<string, (request: IncomingMessage, resource: Resource) => Promise<Reply>>> = {
  MKCOL: async (_, { root, path, found }) => {
    if (found !== null) return { status: 405 };
    return mkdir(join(root, path)).then(
      () => ({ status: 201 }),
      () => ({ status: 409 }),
    );
  },
  PUT: async (request, { root, path }) => {
    await pipeline(request, createWriteStream(join(root, path)));
    return { status: 201 };
  },
  MOVE: async ({ headers }, { root, path, found }) => {
    if (found === null) return { status: 404 };
    await rename(join(root, path), join(root, new URL(String(headers['destination'])).pathname));
    return { status: 201 };
  },
  DELETE: async (_, { root, path, found }) => {
    if (found === null) return { status: 404 };
    await rm(join(root, path), { recursive: true });
    return { status: 204 };
  },
  GET: async ({ headers }, { root, path, found }) => {
    if (found === null || found.size === null) return { status: 404 };
    const whole = await readFile(join(root, path));
    const [range, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    if (range === undefined) return { status: 200, body: whole };
    const body = whole.subarray(Number(first), last === '' ? undefined : Number(last) + 1);
    const told = `bytes ${first}-${Number(first) + body.length - 1}/${whole.length}`;
    return { status: 206, body, headers: { 'content-range': told } };
  },
  PROPFIND: async ({ headers }, { root, path, found }) => {
    if (found === null) return { status: 404 };
    const names = found.size === null && headers['depth'] === '1' ? await readdir(join(root, path)) : [];
    const paths = [path, ...names.map((name) => `${path.replace(/\/$/, '')}/${name}`)];
    const rows = await Promise.all(paths.map((each) => row(root, each)));
    return { status: 207, body: `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">${rows.join('')}</d:multistatus>` };
  },
};

async function look(file: string): Promise<Resource['found']> {
  const found = await stat(file).catch(() => null);
  return found === null ? null : { size: found.isDirectory() ? null : found.size };
}

async function row(root: string, path: string): Promise<string> {
  const size = (await look(join(root, path)))?.size ?? null;
  const kind =
    size === null
      ? '<d:resourcetype><d:collection/></d:resourcetype>'
      : `<d:getcontentlength>${size}</d:getcontentlength>`;
  const properties = `<d:propstat><d:prop>${kind}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>`;
  return `<d:response><d:href>${path}</d:href>${properties}</d:response>`;
}
