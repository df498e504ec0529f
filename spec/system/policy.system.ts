/**
 * The page's policy in a real browser: the page works under it without a complaint, and what an injected script would
 * try first does not work.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { AnyPlugin } from '@hearth/contract';
import { startTestKernel, type TestKernel } from '@hearth/kernel/testing';
import { accountsPlugin } from '@hearth/plugin-accounts';
import { buildUi } from '@hearth/shell-ui/build';
import type { Browser, Page } from 'playwright-core';
import { complaints, launch } from './browser.ts';

jest.setTimeout(120_000);

/** JavaScript of the page. */
const attacks = readFileSync(join(import.meta.dirname, 'policy-attacks.js'), 'utf8').replace(/;\s*$/, '');
const names = Object.keys(runInNewContext(attacks) as object);

let folder: string;
let kernel: TestKernel;
let browser: Browser;
let front: Server;
let stranger: Server;
let address: string;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listening = (server: Server): Promise<Server> =>
  new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-policy-'));
  await buildUi(join(folder, 'runtime/ui'));
  // As the proxy does, but without TLS: a browser takes localhost for as good.
  front = await listening(
    createServer((incoming, outgoing) => {
      const { origin } = incoming.headers;
      const own = origin === undefined ? {} : { origin: origin.replace('http:', 'https:') };
      const headers = { ...incoming.headers, ...own, 'x-real-ip': '127.0.0.1', 'x-forwarded-proto': 'https' };
      const onward = request(
        { socketPath: kernel.sockets.kernel, method: incoming.method, path: incoming.url, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
        },
      );
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    }),
  );
  address = `http://localhost:${portOf(front)}`;
  kernel = await startTestKernel({
    folder,
    plugins: [accountsPlugin as AnyPlugin],
    environment: { HEARTH_PORT: String(portOf(front)) },
  });
  stranger = await listening(
    createServer((incoming, outgoing) => {
      outgoing.setHeader('Access-Control-Allow-Origin', '*');
      outgoing.setHeader('Content-Type', incoming.url?.endsWith('.js') === true ? 'text/javascript' : 'text/html');
      outgoing.end(incoming.url?.endsWith('.js') === true ? 'globalThis.stolen = true' : '<p id="stranger">here</p>');
    }),
  );
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await kernel.stop();
  for (const server of [front, stranger]) await new Promise((done) => server.close(done).closeAllConnections());
  await rm(folder, { recursive: true });
});

async function withPage(use: (page: Page, heard: string[]) => Promise<void>): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const heard = complaints(page);
  await page.goto(address);
  await page.locator('hearth-setup-view').waitFor();
  await use(page, heard);
  await context.close();
}

describe('the page', () => {
  test('is made under the policy without one complaint', () =>
    withPage(async (page, heard) => {
      await page.locator('hearth-setup-view').waitFor();
      expect(heard).toEqual([]);
    }));

  /** On a page of its own, so that one cannot help another. */
  async function attack(name: string): Promise<unknown> {
    const foreign = `http://127.0.0.1:${portOf(stranger)}`;
    let outcome: unknown;
    await withPage(async (page) => {
      // A string, so that the test's own tools do not come in by the way that is to be closed.
      outcome = await page.evaluate(
        `(async () => {
          let refused = 0;
          document.addEventListener('securitypolicyviolation', () => (refused += 1));
          let thrown = null;
          // Not in the turn of the browser's own tool, which may do what the page may not.
          await new Promise((resume) => setTimeout(resume));
          try { await (${attacks})[${JSON.stringify(name)}](${JSON.stringify(foreign)}); } catch (error) { thrown = String(error); }
          for (let turn = 0; turn < 50 && refused === 0 && thrown === null; turn += 1)
            await new Promise((resume) => setTimeout(resume, 40));
          return { refused: refused > 0 || thrown !== null, stolen: globalThis.stolen === true, at: location.origin };
        })()`,
      );
    });
    return outcome;
  }

  test('lets whoever got into it nowhere', async () => {
    const asked: string[] = [];
    stranger.on('request', ({ url }) => void asked.push(url ?? ''));
    const outcomes: Record<string, unknown> = {};
    const left = [...names];
    const lane = async (): Promise<void> => {
      for (let name = left.pop(); name !== undefined; name = left.pop()) outcomes[name] = await attack(name);
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    const refused = { refused: true, stolen: false, at: address };
    expect(outcomes).toEqual(Object.fromEntries(names.map((name) => [name, refused])));
    expect([names.length, asked]).toEqual([20, []]);
  });

  test('is not shown in a frame of another site', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const heard: string[] = [];
    page.on('console', (message) => heard.push(message.text()));
    await page.route('http://framing.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${address}"></iframe>` }),
    );
    await page.goto('http://framing.example/');
    await page.waitForTimeout(1500);
    const shown = await Promise.all(
      page
        .frames()
        .slice(1)
        .map((frame) =>
          frame
            .locator('hearth-app')
            .count()
            .catch(() => 0),
        ),
    );
    expect(shown).toEqual([0]);
    await context.close();
  });
});
