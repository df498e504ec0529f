/** The template as it stands: its image built from Debian, tried in a real container, then saved and saved again against a box. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Box, makeBox } from '../../../spec/system/box.ts';

const minute = 60_000;
const program = resolve(import.meta.dirname, '../bin/hearth.mjs');
let box: Box;
let folder: string;

function hearth(...args: string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const settings = { ...process.env, XDG_CONFIG_HOME: join(box.scratch, 'config') };
  return new Promise((done) => {
    const child = spawn(process.execPath, [program, '--run', box.config.run, ...args], { env: settings });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('close', (code) => done({ code, said }));
  });
}

beforeAll(async () => {
  box = await makeBox();
  await box.start();
  await box.call('setup.execute', { name: 'Workshop', password: 'correct horse battery staple' });
  folder = join(box.scratch, 'tea-timer');
  expect((await hearth('package', 'create', folder)).code).toBe(0);
}, 5 * minute);

afterAll(async () => {
  await box.close();
}, 3 * minute);

test(
  'it builds, and passes in a real container',
  async () => {
    const { code, said } = await hearth('package', 'test', folder, '--box');
    expect(said).toContain('ok    it runs again after a restart');
    expect(code).toBe(0);
  },
  12 * minute,
);

test(
  'a save is on the box at once: its image is there already',
  async () => {
    const times: number[] = [];
    for (let round = 0; round < 4; round++) {
      const path = join(folder, 'package.ts');
      writeFileSync(path, readFileSync(path, 'utf8').replace(/<h1>Hello[^<]*/, `<h1>Hello ${round}`));
      const { code, said } = await hearth('--json', 'package', 'dev', folder, '--once');
      expect(code).toBe(0);
      times.push((JSON.parse(said) as { ms: number }).ms);
    }
    process.stdout.write(`from a save to the box, Debian image with nginx: ${times.join(', ')} ms\n`);
    expect((await box.call('db.dump', { pointer: '/services/tea-timer/manifest/version' })).value).toBe('1.0.0:0');
  },
  5 * minute,
);
