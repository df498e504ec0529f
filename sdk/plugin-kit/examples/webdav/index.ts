/** Backups on a WebDAV server. Packs stand in 256 folders, by the beginning of their names: no list is long. */
import { basicAuthorization, type BlobAsked, plugin, type TargetRun } from '@hearth/plugin-kit';

type Run = TargetRun<unknown>;

const types = ['data', 'keys', 'locks', 'snapshots', 'index'];
const shelves = Array.from({ length: 256 }, (_, number) => number.toString(16).padStart(2, '0'));

function folderOf({ settings }: Run): string {
  const address = String(settings['address']);
  return address.endsWith('/') ? address : `${address}/`;
}

function urlOf({ type, name }: BlobAsked, run: Run): string {
  if (type === 'config') return `${folderOf(run)}config`;
  return `${folderOf(run)}${type}/${type === 'data' ? `${name.slice(0, 2)}/` : ''}${name}`;
}

function ask(
  run: Run,
  method: 'GET' | 'HEAD' | 'PUT' | 'DELETE' | 'PROPFIND' | 'MKCOL' | 'MOVE',
  url: string,
  more: object = {},
) {
  const { user, password } = run.settings;
  const words = user === null ? {} : { authorization: basicAuthorization(String(user), String(password ?? '')) };
  const { headers, ...rest } = more as { headers?: Record<string, string> };
  return run.fetch(url, { method, headers: { ...words, ...headers }, ...rest });
}

function fail(what: string, status: number): never {
  if (status === 401 || status === 403) throw new Error('The server refuses the user name or the password');
  if (status === 507) throw new Error('There is no room left on the server');
  throw new Error(`The server answers ${status} when ${what}`);
}

/** 405: it is there already. */
async function makeFolder(url: string, run: Run): Promise<void> {
  const { status } = await ask(run, 'MKCOL', url);
  if (status !== 201 && status !== 405) fail('a folder is to be made', status);
}

async function propfind(url: string, depth: 0 | 1, run: Run) {
  const { status, body } = await ask(run, 'PROPFIND', url, { headers: { depth: String(depth) } });
  if (status === 404) return null;
  if (status !== 207) fail('it is asked for a list', status);
  return [...body.matchAll(/<(?:\w+:)?response\b[\s\S]*?<\/(?:\w+:)?response>/g)].map(([text]) => {
    const [, path = ''] = /<(?:\w+:)?href>\s*([^<]*?)\s*<\//.exec(text) ?? [];
    const [, size = null] = /<(?:\w+:)?getcontentlength[^>]*>\s*(\d+)\s*<\//.exec(text) ?? [];
    return {
      name:
        path
          .split('/')
          .filter((part) => part !== '')
          .at(-1) ?? '',
      size: size === null ? null : Number(size),
    };
  });
}

export default plugin({
  targets: {
    folder: {
      async open(run) {
        const folder = folderOf(run);
        if ((await propfind(folder, 0, run)) === null) await makeFolder(folder, run);
        if ((await propfind(`${folder}data/ff/`, 0, run)) !== null) return;
        for (const type of types) await makeFolder(`${folder}${type}/`, run);
        for (const shelf of shelves) await makeFolder(`${folder}data/${shelf}/`, run);
      },

      async list({ type, page }, run) {
        if (type === 'config') return { blobs: [] };
        const at = type === 'data' ? shelves.indexOf(page ?? '00') : -1;
        const rows = (await propfind(`${folderOf(run)}${type}/${at < 0 ? '' : `${shelves[at]}/`}`, 1, run)) ?? [];
        const blobs = rows.flatMap(({ name, size }) =>
          /^[0-9a-f]{64}$/.test(name) && size !== null ? [{ name, size }] : [],
        );
        return { blobs, next: at < 0 ? null : (shelves[at + 1] ?? null) };
      },

      async size(blob, run) {
        const found = await propfind(urlOf(blob, run), 0, run);
        return found?.[0]?.size ?? null;
      },

      async read({ offset, length, ...blob }, run) {
        const range = `bytes=${offset}-${length === null ? '' : offset + length - 1}`;
        const { status } = await ask(run, 'GET', urlOf(blob, run), { headers: { range }, blob: 'receive' });
        if (status === 404) return false;
        if (status !== 200 && status !== 206) fail('a backup is read', status);
        return true;
      },

      /** Under another name until all of it is there. */
      async write(blob, run) {
        const url = urlOf(blob, run);
        const sent = await ask(run, 'PUT', `${url}.part`, { blob: 'send' });
        if (sent.status < 200 || sent.status > 299) fail('a backup is written', sent.status);
        const moved = await ask(run, 'MOVE', `${url}.part`, { headers: { destination: url, overwrite: 'T' } });
        if (moved.status < 200 || moved.status > 299) fail('a backup is put in its place', moved.status);
      },

      async remove(blob, run) {
        const { status } = await ask(run, 'DELETE', urlOf(blob, run));
        if (status !== 404 && (status < 200 || status > 299)) fail('a backup is removed', status);
      },
    },
  },
});
