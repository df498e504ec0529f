import { expect, test } from '@jest/globals';
import { watchedVolumes, writerOf } from './files.ts';

const mounts = [
  { location: '/mnt/library', owner: 'store', volume: 'books', writable: false },
  { location: '/media/startos/volumes/main/inbox', owner: 'post', volume: 'mail', writable: true },
];

test('a watched path is in a volume of its own, in one of another that is mounted there, or in none', () => {
  const volumes = (...paths: string[]) => watchedVolumes('app', paths, mounts);
  expect(volumes('/media/startos/volumes/main/config.json', '/media/startos/volumes/main')).toEqual([
    { owner: 'app', volume: 'main' },
  ]);
  expect(volumes('/mnt/library/new', '/mnt/library')).toEqual([{ owner: 'store', volume: 'books' }]);
  expect(volumes('/media/startos/volumes/main/inbox/1')).toEqual([{ owner: 'post', volume: 'mail' }]);
  expect(volumes('/mnt/library2', '/etc/hosts', '/media/startos/volumes')).toEqual([]);
});

test('only another service that is at work can write: the owner, or one with a writable mount', () => {
  const states: Record<string, string> = { app: 'running', store: 'stopped', editor: 'stopped' };
  const seen = {
    rows: { read: (id: string) => (states[id] === undefined ? null : { status: { actual: states[id] } }) },
    mounts: { writers: (owner: string, volume: string) => (owner === 'app' && volume === 'main' ? ['editor'] : []) },
  } as never;
  const own = [{ owner: 'app', volume: 'main' }];
  const of = [{ owner: 'store', volume: 'books' }];
  expect([writerOf(seen, 'app', own), writerOf(seen, 'app', of)]).toEqual([null, null]);
  states['editor'] = 'starting';
  states['store'] = 'updating';
  expect([writerOf(seen, 'app', own), writerOf(seen, 'app', of)]).toEqual(['editor', 'store']);
  expect(writerOf(seen, 'app', [{ owner: 'app', volume: 'other' }])).toBeNull();
  expect(writerOf(seen, 'app', [{ owner: 'gone', volume: 'main' }])).toBeNull();
});
