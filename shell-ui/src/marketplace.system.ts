/** What the marketplace is used for: packages and plugins from registries and files. */
import { expect, test } from '@jest/globals';
import { barriers, desk, inBrowser, opened, picture } from './testing/browser.ts';

inBrowser();

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
