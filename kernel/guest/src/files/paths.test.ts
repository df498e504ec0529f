import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { containerLayout, Paths } from './paths.ts';

let root: string;
let paths: Paths;
const volumes = '/media/startos/volumes';
const sub = '/media/startos/subcontainers/guid-00000001';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hearth-paths-'));
  for (const name of ['volumes/main/folder', 'subcontainers/guid-00000001/etc', 'secret'])
    mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'secret/key'), 'secret');
  writeFileSync(join(root, 'volumes/main/file'), 'mine');
  writeFileSync(join(root, 'subcontainers/guid-00000001/etc/passwd'), 'inside');
  paths = new Paths({
    ...containerLayout,
    volumes: join(root, 'volumes'),
    subcontainers: join(root, 'subcontainers'),
    assets: join(root, 'volumes'),
  });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function read(path: string): string {
  const place = paths.place(path, { follow: true, change: false });
  try {
    expect(realpathSync(place.path).startsWith(join(root, 'secret'))).toBe(false);
    return readFileSync(place.path, 'utf8');
  } finally {
    place.close();
  }
}

test('plain paths and links within are found', () => {
  symlinkSync('../file', join(root, 'volumes/main/folder/up'));
  symlinkSync(`${volumes}/main/file`, join(root, 'volumes/main/absolute'));
  expect(read(`${volumes}/main/folder/../file`)).toBe('mine');
  expect(read(`${volumes}/main/folder/up`)).toBe('mine');
  expect(read(`${volumes}/main/absolute`)).toBe('mine');
});

test('links out of the folders lead nowhere, wherever in the path they stand', () => {
  symlinkSync(join(root, 'secret/key'), join(root, 'volumes/main/key'));
  symlinkSync(join(root, 'secret'), join(root, 'volumes/main/door'));
  symlinkSync('../../secret/key', join(root, 'volumes/main/climb'));
  symlinkSync('/proc/self/environ', join(root, 'volumes/main/environ'));
  for (const name of ['key', 'door/key', 'climb', 'environ'])
    expect(() => read(`${volumes}/main/${name}`)).toThrow(/EACCES|ENOENT/);
  for (const path of [
    '/etc/passwd',
    '/proc/self/mem',
    `${volumes}/../../../etc/passwd`,
    '/opt/hearth/node',
    '/var/tmp/hearth',
  ])
    expect(() => read(path)).toThrow('EACCES');
});

test('in a subcontainer absolute links mean its root, and nothing climbs above it', () => {
  const etc = join(root, 'subcontainers/guid-00000001/etc');
  symlinkSync('/etc/passwd', join(etc, 'absolute'));
  symlinkSync('../../../../../../etc/passwd', join(etc, 'climb'));
  symlinkSync('self', join(etc, 'self'));
  expect(read(`${sub}/etc/absolute`)).toBe('inside');
  expect(read(`${sub}/etc/climb`)).toBe('inside');
  expect(() => read(`${sub}/etc/self`)).toThrow('ELOOP');
});

test('a change where only reading is allowed is refused', () => {
  expect(() => paths.place('/media/startos/assets/main/file', { follow: true, change: true })).toThrow('EROFS');
});

test('what is missing is missing; what is a file is no folder', () => {
  expect(() => read(`${volumes}/main/none/deeper`)).toThrow('ENOENT');
  expect(() => read(`${volumes}/main/file/deeper`)).toThrow('ENOTDIR');
});
