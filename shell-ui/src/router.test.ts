import { expect, test } from '@jest/globals';
import { parseRoute, pathTo } from './router.ts';

test.each([
  ['/', { view: 'services' }],
  ['/services', { view: 'services' }],
  ['/services/syncthing', { view: 'service', service: 'syncthing', tab: 'overview' }],
  ['/services/syncthing/logs', { view: 'service', service: 'syncthing', tab: 'logs' }],
  ['/marketplace', { view: 'marketplace' }],
  ['/marketplace/syncthing', { view: 'package', package: 'syncthing' }],
  ['/backups', { view: 'backups' }],
  ['/notifications', { view: 'notifications' }],
  ['/system', { view: 'system', tab: 'general' }],
  ['/system/trust', { view: 'system', tab: 'trust' }],
])('%s is a page, and has one address', (path, route) => {
  expect(parseRoute(path)).toEqual(route);
  expect(parseRoute(pathTo(parseRoute(path)))).toEqual(route);
});

test.each([
  '/nowhere',
  '/services/../x',
  '/services/A',
  '/services/a/b/c',
  '/services/a/nope',
  '/backups/x',
  '/system/x',
])('%s is no page', (path) => {
  expect(parseRoute(path)).toEqual({ view: 'unknown', path });
  expect(pathTo(parseRoute(path))).toBe(path);
});
