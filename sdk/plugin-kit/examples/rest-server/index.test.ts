import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Fetched, startPlugin } from '@hearth/plugin-kit/testing';
import rest from './index.ts';

const manifest: unknown = JSON.parse(readFileSync('plugin.json', 'utf8'));
const name = 'ab'.repeat(32);

void test('keeps blobs, and finds them again', async () => {
  const blobs = new Map<string, string>();
  const fetch = ({ url, method = 'GET', body }: Fetched) => {
    const path = new URL(url).pathname;
    if (method === 'POST' && !path.endsWith('/')) blobs.set(path, body ?? '');
    if (method === 'DELETE') blobs.delete(path);
    if (path.endsWith('/')) {
      const inside = [...blobs].filter(([each]) => each.startsWith(path));
      return {
        body: JSON.stringify(inside.map(([each, { length }]) => ({ name: each.slice(path.length), size: length }))),
      };
    }
    const found = blobs.get(path);
    if (found === undefined) return { status: method === 'DELETE' ? 200 : 404, body: '' };
    return { headers: { 'content-length': String(found.length) }, body: method === 'HEAD' ? '' : found };
  };
  const running = await startPlugin(rest, { manifest, fetch });
  const place = running.target('server', { address: 'https://nas.lan/', user: 'anna', password: 'secret' });
  await place.open();
  assert.equal(await place.size('config', 'config'), null);
  assert.equal(await place.read('data', name), null);
  await place.write('config', 'config', 'sealed');
  await place.write('data', name, 'a pack');
  assert.equal(await place.size('data', name), 6);
  assert.equal(await place.read('data', name), 'a pack');
  assert.deepEqual(await place.list('data'), [{ name, size: 6 }]);
  await place.remove('data', name);
  assert.deepEqual(await place.list('data'), []);
});
