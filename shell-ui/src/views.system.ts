/**
 * Every view in a real browser, under the real policy, against the wire formats: nothing foreign is asked for, no policy
 * is violated, nobody is shut out (axe), in light and dark, on a desk and on a phone.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildUi } from './build/build.ts';
import { demoCode, demoPassword, demoToken } from './build/demo/backend.ts';
import { type Demo, startDemo } from './build/demo/server.ts';
import type { Scene } from './build/demo/state.ts';

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

interface Opened {
  readonly page: Page;
  readonly demo: Demo;
  /** Policy violations, script errors, foreign requests: must stay empty. */
  readonly faults: string[];
}

interface Look {
  readonly dark: boolean;
  readonly phone: boolean;
}

async function opened(
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
async function barriers(page: Page): Promise<string[]> {
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

async function picture(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
}

const views: readonly (readonly [name: string, scene: Scene, path: string, heading: RegExp])[] = [
  ['setup', 'fresh', '/', /Welcome home/],
  ['services', 'full', '/services', /services need you/],
  ['services-empty', 'empty', '/services', /Ready for the first service/],
  ['service', 'full', '/services/syncthing', /Health/],
  ['service-installing', 'full', '/services/nextcloud', /Install Nextcloud/],
  ['service-failed', 'full', '/services/jellyfin', /State/],
  ['service-task', 'full', '/services/synapse', /Waiting for you/],
  ['service-addresses', 'full', '/services/syncthing/addresses', /Web interface/],
  ['service-actions', 'full', '/services/syncthing/actions', /Actions/],
  ['service-logs', 'full', '/services/syncthing/logs', /Syncthing/],
  ['service-backups', 'full', '/services/syncthing/backups', /Restore from/],
  ['service-about', 'full', '/services/syncthing/about', /Package/],
  ['service-gone', 'full', '/services/gone', /No such service/],
  ['marketplace', 'full', '/marketplace', /Forgejo/],
  ['package', 'full', '/marketplace/forgejo', /What it is/],
  ['package-versions', 'full', '/marketplace/syncthing', /What it is/],
  ['backups', 'full', '/backups', /Blue USB drive/],
  ['backups-empty', 'empty', '/backups', /No place for backups/],
  ['notifications', 'full', '/notifications', /Jellyfin does not stay up/],
  ['notifications-empty', 'empty', '/notifications', /All quiet/],
  ['system', 'full', '/system', /This server/],
  ['system-trust', 'full', '/system/trust', /Trust this server/],
  ['system-security', 'full', '/system/security', /Where you are logged in/],
  ['system-health', 'full', '/system/health', /How the last start went/],
  ['system-plugins', 'full', '/system/plugins', /^Plugins$/],
  ['plugin', 'full', '/plugins/hello-garden', /What it may do/],
  ['unknown', 'full', '/nowhere', /There is no such page/],
];
const looks: readonly (readonly [string, Look])[] = [
  ['light', { dark: false, phone: false }],
  ['dark-phone', { dark: true, phone: true }],
];

/** In the usual run every view has its turn in one look, alternately; in the deep one in both. */
const deep = process.env['HEARTH_DEEP'] !== undefined;

describe.each(looks)('in %s', (look, size) => {
  const turn = looks.findIndex(([name]) => name === look);
  test.each(views.filter((_, at) => deep || at % looks.length === turn))(
    '%s is sound',
    async (name, scene, path, heading) => {
      await opened(scene, path, size, async ({ page }) => {
        await page.getByRole('heading', { name: heading }).first().waitFor();
        await page.waitForTimeout(150);
        await picture(page, `${name}-${look}`);
        expect(await barriers(page)).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide).toBeLessThanOrEqual(0);
      });
    },
    60_000,
  );
});

const desk: Look = { dark: false, phone: false };

test('registries: one is added, refused, removed', async () => {
  await opened('full', '/marketplace', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Registries' }).click();
    const place = page.getByLabel('Address of another one');
    await page.getByText('Always there').waitFor();
    await place.fill('my shelf');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('That is no address of a registry.').waitFor();
    await place.fill('https://friends.example/');
    await page.keyboard.press('Enter');
    await picture(page, 'registries');
    await page.getByRole('button', { name: 'Remove friends.example' }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Remove friends.example' }).click();
    await page.getByRole('button', { name: 'Remove friends.example' }).waitFor({ state: 'detached' });
  });
}, 60_000);

test('a server in distress says why, and gives its tools to whoever has the code', async () => {
  await opened('distress', '/', desk, async ({ page }) => {
    await page.getByRole('heading', { name: 'Your server needs help' }).waitFor();
    await page.getByText('is damaged at byte 4711').waitFor();
    const code = page.getByRole('textbox', { name: 'Rescue code' });
    await code.fill('wrong');
    await page.getByRole('button', { name: 'Rescue it' }).click();
    await page.getByText('That is not the code.').waitFor();
    await picture(page, 'distress');
    expect(await barriers(page)).toEqual([]);
    await code.fill(demoToken);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Repair the state' }).waitFor();
    await picture(page, 'distress-tools');
    expect(await barriers(page)).toEqual([]);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download a support bundle' }).click();
    expect((await download).suggestedFilename()).toBe('hearth-support.json');
    await page.getByRole('button', { name: 'Go back' }).first().click();
    await page.locator('hearth-confirm').getByRole('button', { name: 'Go back' }).click();
    await page.getByText('Start Hearth again for it to be done.').waitFor();
  });
}, 60_000);

test('the first visit: set up, trust, go in, log out, log in', async () => {
  await opened('fresh', '/', desk, async ({ page }) => {
    await page.getByRole('textbox', { name: 'One-time code' }).fill('wrong');
    await page.getByRole('textbox', { name: 'Name of your server' }).fill('Family Server');
    await page.getByLabel('Password').first().fill(demoPassword);
    await page.getByLabel('Once more').fill('something else');
    await page.getByRole('button', { name: 'Set up my server' }).click();
    await page.getByText('The two are not the same.').waitFor();
    await page.getByLabel('Once more').fill(demoPassword);
    await page.getByRole('button', { name: 'Set up my server' }).click();
    await page.getByText('That is not the code').waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'One-time code' }).fill(demoCode);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /the lock/ }).waitFor();
    await picture(page, 'trust');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go to my services' }).click();
    await page.getByRole('heading', { name: 'Family Server' }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await picture(page, 'login');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Password').first().fill('wrong password');
    await page.keyboard.press('Enter');
    await page.getByText('That is not the password').waitFor();
    await page.getByLabel('Password').first().fill(demoPassword);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Family Server' }).waitFor();
  });
}, 60_000);

test('stop and start follow the feed', async () => {
  await opened('full', '/services/syncthing', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopping', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('Running', { exact: true }).first().waitFor();
  });
}, 60_000);

test('an action with a form: refuses what is wrong, then runs', async () => {
  await opened('full', '/services/syncthing/actions', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Run', exact: true }).nth(1).click();
    const name = page.getByRole('textbox', { name: 'Name of this device' });
    await name.fill('a/b');
    await page.getByRole('button', { name: 'Save and run' }).click();
    await page.getByText('A name without slashes.').waitFor();
    await picture(page, 'action-form');
    expect(await barriers(page)).toEqual([]);
    await name.fill('Hearth');
    await page.getByRole('button', { name: 'Save and run' }).click();
    await page.getByText('Done.').waitFor();
  });
}, 60_000);

test('every kind of field: filled in by a task, which tells what it changes; a file is sent', async () => {
  await opened('full', '/services/wiki', desk, async ({ page, demo }) => {
    await page.getByText('It is stopped: Stopped by you').waitFor();
    await picture(page, 'service-needs');
    await page.getByRole('button', { name: 'Do it' }).click();
    const dialog = page.locator('hearth-run-action');
    await dialog.getByText('A number: 4 → 8').waitFor();
    await dialog.getByText('On, off or neither: nothing → true').waitFor();
    expect(await page.getByRole('textbox', { name: 'Folder' }).isDisabled()).toBe(true);
    expect(await page.getByRole('spinbutton', { name: 'Size' }).isDisabled()).toBe(true);
    await page.getByLabel('Pick A colour').waitFor();
    await picture(page, 'every-kind');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'A colour', exact: true }).fill('red');
    await page.getByRole('spinbutton', { name: 'A number' }).fill('5');
    await page.getByRole('button', { name: 'Save and run' }).click();
    await page.getByText('Write a colour as #1a2b3c.').waitFor();
    await page.getByText('Go up in steps of 2.').waitFor();
    await page.getByRole('textbox', { name: 'A colour', exact: true }).fill('#112233');
    await page.getByRole('spinbutton', { name: 'A number' }).fill('6');
    await page.getByLabel('A file').setInputFiles({ name: 'a.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('x') });
    await page.getByRole('button', { name: 'Save and run' }).click();
    await page.getByText('Afterwards these need you: Family Wiki.').waitFor();
    await page.getByRole('button', { name: 'Save all the same' }).click();
    await page.getByText('Done.').waitFor();
    expect(demo.backend.ran.at(-1)).toMatchObject({
      packageId: 'vaultwarden',
      input: { number: 6, hue: '#112233', maybe: true, song: { upload: expect.any(String), name: 'a.mp3' } },
    });
  });
}, 60_000);

test('a start that needs others offers to start them; a stop names those that need it', async () => {
  await opened('full', '/services/wiki', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const moves = page.locator('hearth-moves');
    await moves.getByRole('link', { name: 'Album' }).waitFor();
    await picture(page, 'start-needs-others');
    expect(await barriers(page)).toEqual([]);
    await moves.getByRole('button', { name: 'Start all' }).click();
    await page.getByText('Running', { exact: true }).first().waitFor();
    await page.goto(new URL('/services/album', page.url()).href);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.locator('hearth-moves').getByRole('link', { name: 'Family Wiki' }).waitFor();
    await picture(page, 'stop-others-need');
  });
}, 60_000);

test('another version is shown before it is installed: what it may do, what it costs', async () => {
  await opened('full', '/marketplace/syncthing', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Change to 1.29.6:0' }).click();
    await page.getByText('make networks of its own').waitFor();
    await page.getByText('2.4 GB, at once').waitFor();
    await picture(page, 'plan-update');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Syncthing is being installed').first().waitFor();
  });
}, 60_000);

test('limits of a service are changed, and what the machine does not keep is said', async () => {
  await opened('full', '/services/vaultwarden', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('spinbutton', { name: 'Memory (MiB)' }).fill('12');
    await page.getByText('Enter 64 or more.').waitFor();
    await page.getByRole('spinbutton', { name: 'Memory (MiB)' }).fill('512');
    await page.getByRole('spinbutton', { name: 'Share of the disk’s time' }).fill('10');
    await picture(page, 'limits');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('no scheduler that could share its time').waitFor();
    await page
      .getByRole('definition')
      .filter({ hasText: /^(512 MiB|537 MB|536\.9 MB)$/ })
      .waitFor();
  });
}, 60_000);

test('the result of an action: a secret is uncovered, copied, shown as a code', async () => {
  await opened('full', '/services/syncthing', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Do it' }).click();
    // What stands in the dialog is slotted into it: the element around it is looked into instead.
    const dialog = page.locator('hearth-run-action');
    await dialog.getByRole('button', { name: 'Run' }).click();
    await dialog.getByRole('heading', { name: 'Login of Syncthing' }).waitFor();
    await dialog.getByRole('button', { name: 'Show' }).click();
    await dialog.getByText('hq7-lark-ember').waitFor();
    await dialog.getByRole('img', { name: 'QR code of Password' }).waitFor();
    await picture(page, 'action-result');
    expect(await barriers(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
}, 60_000);

test('uninstalling asks what becomes of the data, and for the name', async () => {
  await opened('full', '/services/wiki', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'More for Family Wiki' }).click();
    await page.getByRole('menuitem', { name: 'Uninstall…' }).click();
    const confirm = page.getByRole('button', { name: /^Uninstall/ });
    await page.getByText('Keep its data').click({ position: { x: 12, y: 12 } });
    await page.getByText('gone for good').waitFor();
    await picture(page, 'uninstall');
    expect(await barriers(page)).toEqual([]);
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: /Type/ }).fill('wiki');
    // The server refuses whatever is not the plan that was shown last.
    await confirm.click();
    await page.getByRole('heading', { name: 'No such service here' }).waitFor();
  });
}, 60_000);

test('a file is sent, what it would do is shown, and just that is done', async () => {
  await opened('full', '/marketplace', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Install from a file' }).click();
    const file = { name: 'syncthing.s9pk', mimeType: 'application/octet-stream', buffer: Buffer.alloc(1000) };
    await page.getByLabel('Package file').setInputFiles(file);
    await page.getByRole('button', { name: 'Install', exact: true }).click();
    await page.getByRole('heading', { name: 'Change Syncthing?' }).waitFor();
    await page.getByText('It may do more than before').waitFor();
    await picture(page, 'sideload');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Syncthing is being installed').waitFor();
  });
}, 60_000);

test('an address that another service gave says by whom, and both are offered: another one, and none', async () => {
  await opened('full', '/services/syncthing/addresses', desk, async ({ page, demo }) => {
    await page.getByText('By Tor').waitFor();
    await page.getByText('.onion').waitFor();
    const metadata = { packageId: 'syncthing', hostId: 'ui', interfaceId: 'ui', internalPort: 8000 };
    for (const [name, action, told] of [
      ['Add an onion address', 'add-onion-address', metadata],
      ['Remove the onion address', 'remove-onion-address', { ...metadata, public: true, port: 80 }],
    ] as const) {
      await page.getByRole('button', { name }).first().click();
      await page.getByRole('heading', { name }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByText('Done.').waitFor();
      expect(demo.backend.ran.at(-1)).toMatchObject({
        ...{ packageId: 'tor', actionId: action, input: { urlPluginMetadata: told } },
      });
      await page.getByRole('button', { name: 'Close' }).last().click();
    }
    demo.backend.commit([[['services', 'tor', 'status', 'actual'], 'stopped']]);
    await page.getByText('By Tor, while it runs').waitFor();
  });
}, 60_000);

test('installing shows how far it is, and can be cancelled', async () => {
  await opened('full', '/marketplace/immich', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Install' }).click();
    await page.getByRole('heading', { name: 'Install Immich' }).waitFor();
    await picture(page, 'installing');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelling').waitFor();
  });
}, 60_000);

test('a place for backups: refused with words, then added', async () => {
  await opened('empty', '/backups', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Choose a place' }).click();
    const dialog = page.locator('hearth-add-target');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Blue USB drive');
    await dialog.getByRole('textbox', { name: 'Folder on the server' }).fill('/var/lib');
    await dialog.getByLabel('Password of the backups').fill(demoPassword);
    await dialog.getByLabel('Once more').fill(demoPassword);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByRole('alert').first().waitFor();
    await picture(page, 'backup-target');
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('textbox', { name: 'Folder on the server' }).fill('/media/usb');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('heading', { name: 'Blue USB drive' }).waitFor();
  });
}, 60_000);

test('a place that a plugin brings: its form is checked, then it is added', async () => {
  await opened('empty', '/backups', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Choose a place' }).click();
    const dialog = page.locator('hearth-add-target');
    await dialog.getByRole('combobox', { name: 'Kind of place' }).click();
    await dialog.getByRole('option', { name: 'A WebDAV server' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).first().fill('NAS');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByRole('alert').first().waitFor();
    await dialog.getByRole('textbox', { name: 'Address of the folder' }).fill('https://nas.home/dav/hearth/');
    await dialog.getByLabel('Password of the backups').fill(demoPassword);
    await dialog.getByLabel('Once more').fill(demoPassword);
    await picture(page, 'backup-target-plugin');
    expect(await barriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('heading', { name: 'NAS' }).waitFor();
    await page.getByText('A WebDAV server: https://nas.home/dav/hearth/').waitFor();
  });
}, 60_000);

test('a lost line is told, and comes back by itself with what changed meanwhile', async () => {
  await opened('full', '/services', desk, async ({ page, demo }) => {
    await page.getByRole('heading', { name: /services need you/ }).waitFor();
    demo.dropFeeds();
    await page.getByText('Reconnecting').waitFor();
    demo.backend.commit([[['services', 'jellyfin']]]);
    await page.getByRole('heading', { name: 'One service needs you' }).waitFor();
    expect(await page.getByText('Reconnecting').count()).toBe(0);
  });
}, 60_000);

test('the keyboard alone reaches a service', async () => {
  await opened('full', '/services', desk, async ({ page }) => {
    await page.getByRole('heading', { name: /services need you/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    for (let step = 0; step < 6 && !page.url().includes('wiki'); step += 1) {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(60);
      if (page.url().includes('marketplace')) await page.goBack();
    }
    await page.getByRole('heading', { name: 'Family Wiki' }).first().waitFor();
  });
}, 60_000);

test('a plugin from a file: what it asks, what is new in it, and then it is installed', async () => {
  await opened('full', '/system/plugins', desk, async ({ page, demo }) => {
    await page.getByRole('button', { name: 'Add or update a plugin' }).click();
    await page
      .getByLabel('Plugin file')
      .setInputFiles({ name: 'garden.plugin', mimeType: '', buffer: Buffer.from('x') });
    await page.getByText('Hello Garden: 1.2.0 → 1.3.0').waitFor();
    await page.getByText('Work by itself, at most every 10 minutes').waitFor();
    await page.getByText('Until now: Work by itself, at most every hour').waitFor();
    await page.getByText('Reach api.weather.example on the internet').waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, 'plugin-install');
    await page.getByRole('button', { name: 'Allow and update' }).click();
    await page.getByText('Hello Garden is installed').waitFor();
    expect(demo.backend.state.plugins?.['hello-garden']?.version).toBe('1.3.0');
  });
}, 60_000);

test('a mail server: what is missing, what it says, and forgetting it', async () => {
  await opened('full', '/system', desk, async ({ page, demo }) => {
    await page.getByRole('heading', { name: 'Mail', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('This is needed.').first().waitFor();
    await page.getByRole('textbox', { name: /^Mail server/ }).fill('mail.example.com');
    await page.getByLabel('Sender').fill('Family Server <home@example.com>');
    await page.getByLabel('User name').fill('home');
    await page.getByRole('textbox', { name: 'Password' }).fill('a secret');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The mail server is saved').waitFor();
    expect(demo.backend.state.smtp?.server).toMatchObject({ host: 'mail.example.com', port: 587, hasPassword: true });
    await page.getByText('One is kept. Leave this empty to go on with it.').waitFor();
    await page.getByLabel('Send a test message to').fill('nobody@elsewhere.org');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByText('does not take the message: 550 No such mailbox').waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, 'mail');
    await page.getByLabel('Send a test message to').fill('ada@example.com');
    await page.getByRole('button', { name: 'Send it' }).click();
    await page.getByText('A message is on its way to ada@example.com').waitFor();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await page.locator('hearth-confirm').getByRole('button', { name: 'Forget it' }).click();
    await page.getByText('The mail server is forgotten').waitFor();
    expect(demo.backend.state.smtp?.server).toBeNull();
  });
}, 60_000);

test('a token for a program: made, shown once, and in the list from then on', async () => {
  await opened('full', '/system/security', desk, async ({ page }) => {
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('This is needed.').waitFor();
    await page.getByLabel('What it is for').fill('Screen in the kitchen');
    await picture(page, 'token-form');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('hth_demonstration_only').waitFor();
    await picture(page, 'token-made');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Screen in the kitchen', { exact: true }).waitFor();
    expect(await page.getByText('hth_demonstration_only').count()).toBe(0);
  });
}, 60_000);
