/** The page in a real browser, under the real policy, against the wire formats: a demonstration server stands behind it. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildUi } from '../build/build.ts';
import { demoToken } from '../build/demo/backend.ts';
import { type Demo, startDemo } from '../build/demo/server.ts';
import type { Scene } from '../build/demo/state.ts';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env['HEARTH_PICTURES'];

let folder: string;
let browser: Browser;

/** Builds the page and starts the browser for the tests of a file. */
export function inBrowser(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hearth-ui-views-'));
    await buildUi(folder);
    if (pictures !== undefined) await mkdir(pictures, { recursive: true });
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });
}

export interface Opened {
  readonly page: Page;
  readonly demo: Demo;
  /** Policy violations, script errors, foreign requests: must stay empty. */
  readonly faults: string[];
}

export interface Look {
  readonly dark: boolean;
  readonly phone: boolean;
}

export const desk: Look = { dark: false, phone: false };

/** A page of the demonstration server, which must have seen no fault at its end. */
export async function opened(
  scene: Scene,
  path: string,
  { dark, phone }: Look,
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const demo = await startDemo(folder, scene);
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const faults: string[] = [];
  try {
    if (scene !== 'fresh' && scene !== 'distress') {
      await context.addInitScript((token) => localStorage.setItem('hearth.token', token), demoToken);
    }
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { policyViolations: seen });
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
        seen.push(`${violatedDirective} ${blockedURI} ${sample}`);
      });
    });
    page.on('pageerror', (error) => faults.push(`script: ${error.stack ?? error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${demo.url}/`) && !url.startsWith('data:') && !url.startsWith('blob:')) {
        faults.push(`foreign: ${url}`);
      }
    });
    await page.goto(demo.url + path);
    await use({ page, demo, faults });
    faults.push(
      ...(await page.evaluate(() => (globalThis as unknown as { policyViolations: string[] }).policyViolations)),
    );
    expect(faults).toEqual([]);
  } finally {
    await context.close();
    await demo.close();
  }
}

/** What axe finds by the rules of WCAG 2.2 AA, one line each. */
export async function barriers(page: Page): Promise<string[]> {
  // Playwright evaluates outside the page's policy; adding a script element would not be let through.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: (root: Document, options: object) => Promise<AxeResults> } }).axe.run(
      document,
      {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        // Not of WCAG, and blind to the labels of selects in a dialog's slot; `label` and `select-name` do see them.
        rules: { 'label-title-only': { enabled: false } },
      },
    ),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary ?? ''}`),
  );
}

/** Kept where `HEARTH_PICTURES` says, if it does. */
export async function picture(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
}
