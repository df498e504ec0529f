/**
 * Every view in a real browser, under the real policy, against the wire formats: nothing foreign is asked for, no policy
 * is violated, nobody is shut out (axe), in light and dark, on a desk and on a phone.
 */
import { describe, expect, test } from '@jest/globals';
import type { Scene } from './build/demo/state.ts';
import { barriers, inBrowser, type Look, opened, picture } from './testing/browser.ts';

inBrowser();

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
