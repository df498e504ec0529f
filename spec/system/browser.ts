/** A person's browser: Debian's Chromium, driven by playwright-core. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Screenshots go where a person can look at them after a run; `out/` is not part of the tree. */
const pictures = resolve(import.meta.dirname, '../../out/pictures');

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Pages of this context accept the server's own certificate; that it can be trusted properly is tested apart. */
export async function open(browser: Browser, more: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 860 },
    ...more,
  });
  context.setDefaultTimeout(30_000);
  return context;
}

export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  // Fonts and the first animations have settled.
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** What a page complained about: scripts that failed and what its security policy refused. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Trusted|Uncaught/.test(message.text()))
      heard.push(message.text());
  });
  return heard;
}
