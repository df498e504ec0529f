/** The way in, and back in: the first visit, distress, a lost line, the keyboard. */
import { expect, test } from '@jest/globals';
import { demoCode, demoPassword, demoToken } from './build/demo/backend.ts';
import { barriers, desk, inBrowser, opened, picture } from './testing/browser.ts';

inBrowser();

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
