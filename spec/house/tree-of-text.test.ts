/** What must never stand in the tree, whatever the file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root, trackedFiles } from './tool.ts';

const texts = trackedFiles()
  .filter((file) => !/\.(png|ico|s9pk|woff2|wasm|gz)$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

function filesWith(pattern: RegExp, except: RegExp = /^$/): string[] {
  return texts.filter(({ file, text }) => !except.test(file) && pattern.test(text)).map(({ file }) => file);
}

test('no host of a package registry is named', () => {
  const hosts = ['registry.npm', 'registry.yarn', 'deb.deb', 'snapshot.deb', 'security.deb'].map((host) =>
    host.replace('.', '\\.'),
  );
  expect(filesWith(new RegExp(`(${hosts.join('|')})[a-z]*\\.(org|com)`))).toEqual([]);
});

test('the lock file says nothing of where packages came from', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; link?: boolean }>;
  };
  const remote = Object.entries(lock.packages).filter(
    ([, entry]) => entry.link !== true && entry.resolved !== undefined,
  );
  expect(remote).toEqual([]);
});

test('the environment is read in config.ts alone', () => {
  const rooms = /^(kernel|plugins|sdk\/(s9pk|exver|kit))\//;
  const readers = filesWith(
    /\bprocess\.env\b/,
    /(\.(test|long|system|suite)\.ts$|\/testing\/|config\.ts$|^kernel\/guest\/)/,
  ).filter((file) => rooms.test(file));
  expect(readers).toEqual([]);
});

test('nothing of the machine it was written on stands in it', () => {
  expect(filesWith(/\/work\/(main|shared)|\.\.\/shared\//)).toEqual([]);
});
