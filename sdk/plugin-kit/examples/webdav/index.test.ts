import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Fetched, type FetchedAnswer, startPlugin } from '@hearth/plugin-kit/testing';
import webdav from './index.ts';

const manifest: unknown = JSON.parse(readFileSync('plugin.json', 'utf8'));
const settings = { address: 'https://nas.lan/dav/hearth', user: 'anna', password: 'über' };
const name = 'ab'.repeat(32);

/** A WebDAV server of a few lines: files by path; those of folders are null, and their paths end with a slash. */
function server() {
  const files = new Map<string, string | null>([['/dav/', null]]);
  const row = (path: string): string => {
    const content = files.get(path) ?? null;
    const size = content === null ? '' : `<D:getcontentlength>${content.length}</D:getcontentlength>`;
    return `<D:response><D:href>${path}</D:href>${size}</D:response>`;
  };
  const methods: Record<string, (path: string, asked: Fetched) => FetchedAnswer> = {
    MKCOL: (path) => {
      const there = files.has(path);
      if (!there) files.set(path, null);
      return { status: there ? 405 : 201, body: '' };
    },
    PUT: (path, { body }) => {
      files.set(path, body ?? '');
      return { status: 201, body: '' };
    },
    MOVE: (path, { headers }) => {
      files.set(new URL(headers?.['destination'] ?? '').pathname, files.get(path) ?? '');
      files.delete(path);
      return { status: 204, body: '' };
    },
    DELETE: (path) => ({ status: files.delete(path) ? 204 : 404, body: '' }),
    GET: (path) => {
      const content = files.get(path) ?? null;
      return content === null ? { status: 404, body: '' } : { status: 206, body: content };
    },
    PROPFIND: (path, { headers }) => {
      if (!files.has(path)) return { status: 404, body: '' };
      const inside = [...files.keys()].filter((each) => each !== path && each.startsWith(path));
      const rows = [path, ...(headers?.['depth'] === '1' ? inside : [])].map(row);
      return { status: 207, body: `<D:multistatus>${rows.join('')}</D:multistatus>` };
    },
  };
  const wanted = `Basic ${Buffer.from('anna:über').toString('base64')}`;
  const fetch = (asked: Fetched): FetchedAnswer => {
    if (asked.headers?.['authorization'] !== wanted) return { status: 401, body: '' };
    return methods[asked.method ?? 'GET']?.(new URL(asked.url).pathname, asked) ?? { status: 405, body: '' };
  };
  return { files, fetch };
}

void test('keeps blobs, and finds them again', async () => {
  const { files, fetch } = server();
  const place = (await startPlugin(webdav, { manifest, fetch })).target('folder', settings);
  await place.open();
  await place.open();
  assert.equal(await place.size('config', 'config'), null);
  assert.equal(await place.read('data', name), null);
  await place.write('config', 'config', 'sealed');
  await place.write('data', name, 'a pack');
  await place.write('keys', name, 'key');
  assert.equal(files.get(`/dav/hearth/data/ab/${name}`), 'a pack');
  assert.equal(await place.size('data', name), 6);
  assert.equal(await place.read('data', name), 'a pack');
  assert.deepEqual(await place.list('data'), [{ name, size: 6 }]);
  assert.deepEqual(await place.list('keys'), [{ name, size: 3 }]);
  await place.remove('data', name);
  await place.remove('data', name);
  assert.deepEqual(await place.list('data'), []);
});

void test('says what the server says', async () => {
  const place = (await startPlugin(webdav, { manifest, fetch: server().fetch })).target('folder', {
    ...settings,
    password: 'x',
  });
  await assert.rejects(place.open(), /refuses the user name or the password/);
});
