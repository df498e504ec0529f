/** Bitcoin Knots on a real box, on a chain of its own: mines, pays, prunes, and serves only who has the password. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { basic, type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('bitcoin-knots', {
    first: () => settle({ network: 'regtest', pruneMegabytes: null, index: false }),
  });
}, long);
afterAll(() => home.close(), 180_000);

const settle = (settings: object) => home.action('bitcoin-knots', 'configure', settings);

async function rpc(method: string, params: readonly unknown[] = [], wallet = ''): Promise<any> {
  const { User = '', Password = '' } = await home.action('bitcoin-knots', 'get-credentials');
  const told = await home.ask('bitcoin-knots', wallet === '' ? '/' : `/wallet/${wallet}`, {
    method: 'POST',
    headers: { ...basic(User, Password), 'content-type': 'application/json' },
    body: JSON.stringify({ id: 1, method, params }),
  });
  const { result, error } = JSON.parse(told.body);
  if (error !== null) throw new Error(error.message);
  return result;
}

test('it mines, pays, and knows it after a restart', async () => {
  await rpc('createwallet', ['miner']);
  await rpc('createwallet', ['shop']);
  const mine = async (blocks: number) =>
    rpc('generatetoaddress', [blocks, await rpc('getnewaddress', [], 'miner')], 'miner');
  await mine(101);
  expect(await rpc('getbalance', [], 'miner')).toBe(50);
  await rpc(
    'sendtoaddress',
    [await rpc('getnewaddress', [], 'shop'), 1.5, '', '', false, true, null, 'unset', null, 5],
    'miner',
  );
  await mine(1);
  expect(await rpc('getbalance', [], 'shop')).toBe(1.5);
  expect(await home.action('bitcoin-knots', 'status')).toMatchObject({ Chain: 'regtest', Blocks: '102' });
  await home.restart('bitcoin-knots');
  expect(await rpc('getblockcount')).toBe(102);
}, 300_000);

test('nobody asks it without the password', async () => {
  const body = JSON.stringify({ id: 1, method: 'getblockcount', params: [] });
  const ask = async (headers: Record<string, string>) =>
    (await home.ask('bitcoin-knots', '/', { method: 'POST', headers, body })).status;
  expect(await ask({})).toBe(401);
  expect(await ask(basic('owner', 'wrong'))).toBe(401);
}, 60_000);

test('it keeps only the end of the chain when told so, and refuses what does not go together', async () => {
  const both = { network: 'regtest', pruneMegabytes: 550, index: true };
  await expect(settle(both)).rejects.toThrow('scriptFailed');
  await expect(settle({ ...both, pruneMegabytes: 10, index: false })).rejects.toThrow(/550|pruneMegabytes/);
  await settle({ ...both, index: false });
  await until('it is pruned', 120_000, async () => (await rpc('getblockchaininfo')).pruned === true);
  expect(await rpc('getblockcount')).toBe(102);
}, 180_000);

test('wallets and settings come back from a backup; the chain, which is everybody’s, is made anew', async () => {
  await rpc('loadwallet', ['shop']);
  const address = await rpc('getnewaddress', [], 'shop');
  await home.comeBack('bitcoin-knots');
  expect(await rpc('getblockchaininfo')).toMatchObject({ chain: 'regtest', pruned: true, blocks: 0 });
  await rpc('loadwallet', ['shop']);
  expect(await rpc('getaddressinfo', [address], 'shop')).toMatchObject({ ismine: true });
  await rpc('generatetoaddress', [101, address]);
  await until('its money is there', 60_000, async () => (await rpc('getbalance', [], 'shop')) === 50);
}, 300_000);
