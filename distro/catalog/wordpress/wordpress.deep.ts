/** WordPress on a real box: the owner writes a post with a file, and visitors read it after a restart. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Answer, type Household, long, makeHousehold, Visitor } from '../../../spec/system/catalog.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('wordpress');
}, long);
afterAll(() => home.close(), 180_000);

/** Somebody with a browser at this WordPress. */
class Person extends Visitor {
  constructor() {
    super(home, 'wordpress');
  }

  async login({ User = '', Password = '' }: Record<string, string>): Promise<void> {
    await this.open('/wp-login.php');
    await this.send('/wp-login.php', { log: User, pwd: Password, testcookie: '1' });
  }

  /** One call to WordPress's own programming interface, as its editor makes it. */
  async tell(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const nonce = (await this.open('/wp-admin/admin-ajax.php?action=rest-nonce')).body;
    return this.open(`/wp-json/wp/v2${path}`, { method: 'POST', body, headers: { 'x-wp-nonce': nonce, ...headers } });
  }
}
const json = { 'content-type': 'application/json' };

let link = '';
let file = '';

test('the owner writes a post with a file', async () => {
  const owner = new Person();
  await owner.login(await home.action('wordpress', 'get-credentials'));
  const upload = { 'content-type': 'text/plain', 'content-disposition': 'attachment; filename="recipe.txt"' };
  const media = await owner.tell('/media', 'Flour, water, salt', upload);
  expect(media.status).toBe(201);
  file = new URL(JSON.parse(media.body).source_url as string).pathname;
  const post = { title: 'Bread', content: 'Bread wants <b>time</b> — und Mehl, 粉.', status: 'publish' };
  const made = await owner.tell('/posts', JSON.stringify(post), json);
  expect(made.status).toBe(201);
  link = new URL(JSON.parse(made.body).link as string).pathname;
}, 120_000);

test('visitors read it, also after a restart; the dashboard is closed to them', async () => {
  await home.restart('wordpress');
  const visitor = new Person();
  const page = await visitor.open(link);
  expect(page).toMatchObject({ status: 200, body: expect.stringContaining('Bread wants <b>time</b>') });
  expect(page.body).toContain('粉');
  expect((await visitor.open('/')).body).toContain('Bread');
  expect(await visitor.open(file)).toMatchObject({ status: 200, body: 'Flour, water, salt' });
  expect((await visitor.open('/wp-admin/')).status).toBe(302);
  expect((await visitor.tell('/posts', '{"title":"Spam"}', json)).status).toBe(403);
  for (const path of ['/wp-config.php', '/xmlrpc.php', '/.htaccess', '/wp-content/uploads/x.php'])
    expect((await visitor.open(path)).status).toBe(404);
}, 240_000);

test('every address on the page is one of this server', async () => {
  const { body } = await new Person().open('/');
  const hosts = [...body.matchAll(/(?:href|src)='?"?(https?:\/\/[^/'"]+)/g)].map(([, host]) => host);
  expect(hosts).toContain(`https://wordpress.localhost:${home.box.port}`);
  expect(hosts.filter((host) => host?.startsWith('http:'))).toEqual([]);
}, 30_000);

test('a new password replaces the old one', async () => {
  const before = await home.action('wordpress', 'get-credentials');
  const after = await home.action('wordpress', 'reset-password');
  const gets = async (login: Record<string, string>) => {
    const visitor = new Person();
    await visitor.login(login);
    return (await visitor.open('/wp-admin/')).status;
  };
  expect([await gets(before), await gets(after)]).toEqual([302, 200]);
}, 120_000);

test('it comes back from a backup', async () => {
  await home.comeBack('wordpress');
  const visitor = new Person();
  expect((await visitor.open(link)).body).toContain('Bread wants <b>time</b>');
  expect(await visitor.open(file)).toMatchObject({ status: 200, body: 'Flour, water, salt' });
}, 300_000);
