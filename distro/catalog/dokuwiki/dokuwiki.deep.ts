/** DokuWiki on a real box: a page is written in the browser's way, and is there after a restart. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Household, long, makeHousehold, Visitor } from '../../../spec/system/catalog.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('dokuwiki');
}, long);
afterAll(() => home.close(), 180_000);

/** Somebody with a browser at this wiki. */
class Person extends Visitor {
  constructor() {
    super(home, 'dokuwiki');
  }

  async login({ User = '', Password = '' }: Record<string, string>): Promise<void> {
    await this.open('/doku.php');
    const token = tokenIn((await this.open('/doku.php?do=login')).body);
    await this.send('/doku.php', { do: 'login', sectok: token, u: User, p: Password });
  }
}

const tokenIn = (page: string): string => /name="sectok" value="([^"]*)"/.exec(page)?.[1] ?? '';

test('who is not logged in sees no page and no file of its own', async () => {
  const stranger = new Person();
  const page = await stranger.open('/doku.php?id=wiki:welcome');
  expect(page.body).not.toContain('Congratulations');
  expect(page.body).toContain('Permission Denied');
  for (const path of ['/data/pages/wiki/welcome.txt', '/conf/local.php', '/inc/init.php', '/.htaccess'])
    expect((await stranger.open(path)).status).toBe(404);
}, 60_000);

test('the owner writes a page, and reads it after a restart', async () => {
  const owner = new Person();
  await owner.login(await home.action('dokuwiki', 'get-credentials'));
  const form = (await owner.open('/doku.php?id=recipes:bread&do=edit')).body;
  expect(form).toContain('wikitext');
  const text = '====== Bread ======\n\nFlour, water, **salt**.';
  const fields = { id: 'recipes:bread', sectok: tokenIn(form), rev: '0', date: '0', prefix: '.', suffix: '' };
  const saved = await owner.send('/doku.php?id=recipes:bread', {
    ...fields,
    wikitext: text,
    summary: 'First try',
    'do[save]': '1',
  });
  expect(saved.status).toBeLessThan(400);
  await home.restart('dokuwiki');
  const read = await owner.open('/doku.php?id=recipes:bread');
  expect(read.body).toContain('<strong>salt</strong>');
}, 240_000);

test('a new password replaces the old one', async () => {
  const before = await home.action('dokuwiki', 'get-credentials');
  const after = await home.action('dokuwiki', 'reset-password');
  const sees = async (login: Record<string, string>) => {
    const visitor = new Person();
    await visitor.login(login);
    return (await visitor.open('/doku.php?id=recipes:bread')).body.includes('<strong>salt</strong>');
  };
  expect(await sees(before)).toBe(false);
  expect(await sees(after)).toBe(true);
}, 60_000);

test('it comes back from a backup', async () => {
  await home.comeBack('dokuwiki');
  const owner = new Person();
  await owner.login(await home.action('dokuwiki', 'get-credentials'));
  expect((await owner.open('/doku.php?id=recipes:bread')).body).toContain('<strong>salt</strong>');
}, 240_000);
