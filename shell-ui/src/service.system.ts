/** What a service is used for: its moves, actions, limits, addresses, its end. */
import { expect, test } from '@jest/globals';
import { barriers, desk, inBrowser, opened, picture } from './testing/browser.ts';

inBrowser();

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
