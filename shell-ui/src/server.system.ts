/** What is set up for the whole server: places for backups, mail, tokens. */
import { expect, test } from '@jest/globals';
import { demoPassword } from './build/demo/backend.ts';
import { barriers, desk, inBrowser, opened, picture } from './testing/browser.ts';

inBrowser();

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
