/** A new author's quarter of an hour: the tutorial as it stands, on a real server, ending with a click on the plugin's page. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Box, makeBox } from './box.ts';
import { complaints, launch, open, picture } from './browser.ts';
import { tutorialSteps } from './plugin-tutorial.ts';

const minute = 60_000;
const hearth = resolve(import.meta.dirname, '../../sdk/cli/bin/hearth.mjs');
const run = promisify(execFile);
const password = 'correct horse battery staple';

let box: Box;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  box = await makeBox();
  await box.start();
  folder = join(box.scratch, 'author');
  mkdirSync(folder);
  browser = await launch();
}, 5 * minute);

afterAll(async () => {
  await browser.close();
  await box.close();
}, 3 * minute);

async function type(words: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    HEARTH_SOCKET: join(box.config.run, 'kernel/admin.sock'),
  };
  const { stdout } = await run(process.execPath, [hearth, ...words], { cwd: folder, env });
  return stdout;
}

function write(path: string, text: string, merge: boolean): void {
  const file = join(folder, 'tea-clock', path);
  mkdirSync(dirname(file), { recursive: true });
  if (!merge) return writeFileSync(file, text);
  const [former, more] = [JSON.parse(readFileSync(file, 'utf8')), JSON.parse(text)];
  const capabilities = [...former.capabilities, ...more.capabilities];
  writeFileSync(file, JSON.stringify({ ...former, ...more, capabilities }));
}

test(
  'every command of the tutorial does what the page says',
  async () => {
    await box.call('setup.execute', { name: 'Plugins', password });
    const said = new Map<string, string>();
    for (const step of tutorialSteps()) {
      if (step.kind === 'file') write(step.path, step.text, step.merge);
      else said.set(step.line, await type(step.words.slice(1)));
    }
    expect([...said.keys()].filter((line) => !line.startsWith('hearth '))).toEqual([]);
    expect(said.get('hearth plugin list')).toMatch(/^tea-clock +1\.0\.0 +(starting|running)/);
    expect(JSON.parse(said.get(`hearth call tea-clock.brew '{"tea": "green"}'`) ?? '')).toEqual({ seconds: 120 });
    expect(said.get('hearth plugin logs tea-clock')).toContain('green tea for 120 seconds');
    expect(said.get('hearth plugin inspect tea-clock.plugin')).toMatch(
      /1\.0\.0 -> 1\.1\.0[\s\S]*\+ See how all services do/,
    );
    expect(said.get('hearth plugin show tea-clock')).toContain('See how all services do: version, state, health');
    const { plugins } = await box.call('plugin.list');
    expect(plugins).toMatchObject([{ id: 'tea-clock', version: '1.1.0', missing: [] }]);
  },
  2 * minute,
);

/** The session of a person who is logged in. */
async function enter(page: Page): Promise<void> {
  await page.goto(box.address);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'System' }).waitFor();
}

test(
  'its page works in its frame and reaches nothing from there',
  async () => {
    const context = await open(browser);
    const page = await context.newPage();
    const heard = complaints(page);
    await enter(page);
    await page.goto(`${box.address}/system/plugins`);
    await page.getByRole('link', { name: 'Tea Clock' }).click();
    await page.getByRole('heading', { name: 'What it may do' }).waitFor();
    const panel = page.frameLocator('hearth-panel-host iframe');
    await panel.getByText('Making green tea.').waitFor();
    await panel.getByRole('button', { name: 'Herbal' }).click();
    await panel.getByText('Making herbal tea.').waitFor();
    expect((await box.call('db.dump', { pointer: '/pluginState/tea-clock' })).value).toEqual({
      cups: 0,
      tea: 'herbal',
    });
    await picture(page, 'plugin');
    expect(heard).toEqual([]);

    const frame = page.frames().find((each) => each.url().includes('/panel/tea-clock/'));
    const attacks = readFileSync(join(import.meta.dirname, 'panel-attacks.js'), 'utf8');
    const tried = await frame?.evaluate(attacks.replace('ADDRESS', JSON.stringify(box.address)));
    const { origin, ...rest } = tried as Record<string, string>;
    expect(origin).toBe('null');
    expect(Object.keys(rest).length).toBe(12);
    for (const [what, outcome] of Object.entries(rest)) expect([what, outcome]).toEqual([what, 'refused']);
    // It may not lead its own frame away, with what it knows in the address: the page around it does not let it.
    const violated = page.evaluate(
      `new Promise((done) => document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true }))`,
    );
    await frame?.evaluate(`void (location.href = 'https://127.0.0.1:${box.port}/?secret')`).catch(() => undefined);
    expect(await violated).toBe('frame-src');
    expect(page.frames().some((each) => each.url().includes('secret'))).toBe(false);

    // Opened by itself it has no session either.
    const alone = await context.newPage();
    await alone.goto(`${box.address}/panel/tea-clock/panel/index.html`);
    expect(await alone.evaluate('self.origin')).toBe('null');
    await context.close();
  },
  2 * minute,
);

test(
  'a grant that is taken back holds at once; what is removed leaves nothing',
  async () => {
    const names = async () =>
      (await box.call('plugin.list')).plugins[0].granted.map((each: { capability: string }) => each.capability);
    const left = (await names()).filter((name: string) => name !== 'methods');
    await box.call('plugin.grant', { id: 'tea-clock', capabilities: left });
    await expect(box.call('tea-clock.brew', { tea: 'green' })).rejects.toMatchObject({ code: 'rpc.unknownMethod' });
    expect((await box.call('plugin.list')).plugins[0].status).toMatchObject({ state: 'waiting' });
    await type(['plugin', 'remove', 'tea-clock']);
    expect((await box.call('plugin.list')).plugins).toEqual([]);
    const { rows } = await box.call('audit.list', { limit: 20 });
    expect(rows.map(({ method }: { method: string }) => method)).toEqual(
      expect.arrayContaining(['plugin.install', 'plugin.grant', 'plugin.remove']),
    );
  },
  minute,
);
