import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { openPackage } from './package-under-test.ts';
import { walkThrough } from './walk.ts';

jest.setTimeout(60_000);
const root = resolve(import.meta.dirname, '../../../..');

test('the template stands everything a package must', async () => {
  const opened = await openPackage(join(root, 'sdk/template'));
  const steps = await walkThrough(opened);
  expect(steps.filter(({ problem }) => problem !== null)).toEqual([]);
  expect(steps.map(({ name }) => name)).toContain('the first of them runs');
});

const broken = `
import { defineService, jsonFile, model } from '@hearth/sdk';
import { about, images } from '../../sdk/kit/src/testing/example.ts';
export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about, images, volumes: ['data'], secrets: { admin: { name: 'Password' } },
  daemons: { web: { image: 'main', command: async ({ secrets }) => ['web', '--password', await secrets.admin.once()], ready: null } },
  actions: { look: { name: 'Look', description: 'Looks', input: {}, prefill: () => Promise.reject(new Error('no light')), run: async () => null } },
  prepare: ({ volumes }) => volumes.data.remove('kept'),
  install: ({ volumes }) => volumes.data.write('kept', ''),
  backup: ['data'],
  afterBackup: () => Promise.reject(new Error('too late')),
});
`;

test('what is wrong with a package is told, and what comes after it is tried all the same', async () => {
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out/walk-'));
  try {
    writeFileSync(join(folder, 'package.ts'), broken);
    const told = (await walkThrough(await openPackage(folder))).filter(({ problem }) => problem !== null);
    expect(told.map(({ name, problem }) => `${name}: ${problem}`)).toEqual([
      'the form of look opens: no light',
      'no secret stands on a command line: Secret admin is an argument of web',
      'it is backed up: too late',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
