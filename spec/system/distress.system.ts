/** A real server whose state is spoilt: its page and its command line say why, and both bring it back. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { hearth as run } from '../../sdk/cli/src/testing/terminal.ts';
import { type Box, makeBox } from './box.ts';
import { launch, open } from './browser.ts';

const minute = 60_000;
jest.setTimeout(3 * minute);

let box: Box;
let browser: Browser;

beforeAll(async () => {
  box = await makeBox();
  await box.start();
  await box.call('setup.execute', { name: 'Family Server', password: 'correct horse battery staple' });
  browser = await launch();
}, 5 * minute);

afterAll(async () => {
  await browser.close();
  await box.close();
}, 3 * minute);

/** As a failing disk would. */
async function spoil(): Promise<void> {
  await box.end('SIGTERM');
  const journal = join(box.config.data, 'kernel/journal');
  const manifest = readdirSync(journal).find((name) => name.startsWith('MANIFEST'))!;
  const bytes = readFileSync(join(journal, manifest));
  writeFileSync(
    join(journal, manifest),
    bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte)),
  );
  await box.start();
}

async function healed(): Promise<void> {
  for (const end = Date.now() + minute; ; await sleep(200)) {
    const status = await box.call('server.status').catch(() => null);
    if (status?.mode === 'running') break;
    if (Date.now() > end) throw new Error(`It did not come back: ${JSON.stringify(status)}`);
  }
  expect(await box.call('server.status')).toMatchObject({ name: 'Family Server', setUp: true, rescueCode: null });
}

const hearth = (...args: string[]) =>
  run([...args, '--socket', join(box.config.run, 'kernel/admin.sock')], { settings: join(box.scratch, 'settings') });

test('the command line says why, and repairs it', async () => {
  await spoil();
  const { out } = await hearth('status');
  expect(out).toMatch(
    /diagnostic[\s\S]*state failed[\s\S]*The page asks for this code: [a-z0-9-]{20,}[\s\S]*hearth db repair/,
  );
  const bundle = join(box.scratch, 'bundle.json');
  expect((await hearth('support', 'bundle', bundle)).code).toBe(0);
  expect(readFileSync(bundle, 'utf8')).toContain('state.journal');
  expect((await hearth('db', 'repair')).out).toContain('Hearth starts anew');
  await healed();
});

test('the page says why, and goes back to a snapshot for whoever has the code', async () => {
  await box.call('db.snapshot.create');
  await spoil();
  const { rescueCode } = await box.call('server.status');
  const context = await open(browser);
  const page: Page = await context.newPage();
  await page.goto(box.address);
  await page.getByRole('heading', { name: 'Your server needs help' }).waitFor();
  await page.getByRole('textbox', { name: 'Rescue code' }).fill(rescueCode);
  await page.getByRole('button', { name: 'Rescue it' }).click();
  await page.getByRole('button', { name: 'Go back', exact: true }).first().click();
  await page.locator('hearth-confirm').getByRole('button', { name: 'Go back' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await healed();
  await context.close();
});
