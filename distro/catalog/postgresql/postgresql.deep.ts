/** PostgreSQL on a real box, over TLS, with the ordinary client. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Household, long, makeHousehold } from '../../../spec/system/catalog.ts';

let home: Household;
let port: number;

beforeAll(async () => {
  home = await makeHousehold();
  await home.install('postgresql');
  port = await home.tunnel('postgresql', 'server');
}, long);

afterAll(() => home.close(), 180_000);

async function ask(login: Record<string, string>, database: string, text: string): Promise<unknown[]> {
  const { User = '', Password = '' } = login;
  const client = new pg.Client({ host: '127.0.0.1', port, user: User, password: Password, database });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('a program gets a database of its own, and its rows outlive a restart', async () => {
  const shop = await home.action('postgresql', 'create-database', { name: 'shop', password: 'twelve-or-more' });
  expect(shop).toMatchObject({ Host: 'postgresql.startos', Database: 'shop', User: 'shop' });
  await ask(shop, 'shop', "create table orders (what text); insert into orders values ('tea'), ('it''s cake')");
  await home.restart('postgresql');
  expect(await ask(shop, 'shop', 'select what from orders order by 1 desc')).toEqual([
    { what: 'tea' },
    { what: "it's cake" },
  ]);
  expect(Object.keys(await home.action('postgresql', 'list-databases'))).toContain('shop');
}, 240_000);

test('users stay within their own database, and names cannot be made into statements', async () => {
  const other = await home.action('postgresql', 'create-database', { name: 'other', password: 'another-secret' });
  await expect(ask(other, 'shop', 'select 1')).rejects.toThrow(/permission denied/);
  await expect(ask({ User: 'shop', Password: 'wrong' }, 'shop', 'select 1')).rejects.toThrow(/password/);
  const nasty = { name: 'x; drop database shop', password: 'twelve-or-more' };
  await expect(home.action('postgresql', 'create-database', nasty)).rejects.toThrow('scriptFailed');
  expect(Object.keys(await home.action('postgresql', 'list-databases'))).toContain('shop');
}, 120_000);

test('the password of the user who may do everything can be replaced', async () => {
  const before = await home.action('postgresql', 'get-credentials');
  const after = await home.action('postgresql', 'reset-password');
  await expect(ask(before, 'postgres', 'select 1')).rejects.toThrow(/password/);
  expect(await ask(after, 'postgres', 'select 1 as one')).toEqual([{ one: 1 }]);
}, 120_000);

test('it comes back from a backup', async () => {
  await home.comeBack('postgresql');
  const shop = { User: 'shop', Password: 'twelve-or-more' };
  expect(await ask(shop, 'shop', 'select what from orders order by 1 desc')).toContainEqual({ what: 'tea' });
}, 240_000);
