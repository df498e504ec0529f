/** Lightning on a real box, on a chain of its own: a channel to a second node, payments both ways, and its money back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { basic, type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';

const program = fileURLToPath(new URL('assets/node/main.ts', import.meta.url));

let home: Household;
/** The same program, beside the box: somebody else's node. */
let second: ChildProcess | null = null;
let control: string;
let folder = '';
let ours: string;
let theirs: string;

beforeAll(async () => {
  home = await makeHousehold();
  await home.install('bitcoin-knots', {
    first: () => home.action('bitcoin-knots', 'configure', { network: 'regtest', pruneMegabytes: null, index: false }),
  });
  await home.install('lightning', { tasks: true });
  const { Node = '' } = await home.action('lightning', 'status');
  ours = Node;
  await startSecond();
}, 2 * long);

afterAll(async () => {
  second?.kill('SIGTERM');
  await home.close();
  if (folder !== '') await rm(folder, { recursive: true, force: true });
}, 180_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function startSecond(): Promise<void> {
  const { Password = '' } = await home.action('bitcoin-knots', 'add-program', {
    ...{ name: 'second', password: 'a0b1c2d3e4f5a6b7c8d9' },
  });
  await home.healthy('bitcoin-knots');
  await until('the node knows the second one', 60_000, async () => (await rpc('getblockcount')) === 0);
  folder = await mkdtemp(join(home.box.scratch, 'second-'));
  const [port, controlPort] = [await freePort(), await freePort()];
  control = `http://127.0.0.1:${controlPort}`;
  const url = `http://${home.box.config.subnet}.2:8332`;
  const bitcoin = { url, user: 'second', password: Password, wallet: 'second' };
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ folder, bitcoin, port, controlPort }));
  second = spawn(process.execPath, [program, join(folder, 'settings.json')], { stdio: 'ignore' });
  theirs = (await until('the second node answers', 60_000, () => ask('GET', '/status'))).id;
}

async function ask(method: string, path: string, told?: object): Promise<any> {
  const response = await fetch(`${control}${path}`, { method, ...(told && { body: JSON.stringify(told) }) });
  const answer = (await response.json()) as { error?: string };
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

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

const mine = async (blocks: number) =>
  rpc('generatetoaddress', [blocks, await rpc('getnewaddress', [], 'miner')], 'miner');

const usable = () =>
  until('both see the channel', 120_000, async () => {
    const channels = await home.action('lightning', 'list-channels');
    const { channels: others } = await ask('GET', '/status');
    return Object.values(channels).some((text) => text.startsWith('usable')) && others[0]?.state === 'usable';
  });

test('a channel is opened and an invoice is paid', async () => {
  await rpc('createwallet', ['miner']);
  await mine(101);
  const { Address } = await home.action('lightning', 'deposit');
  await rpc('sendtoaddress', [Address, 0.01, '', '', false, true, null, 'unset', null, 5], 'miner');
  await mine(1);
  await ask('POST', '/connections', { address: `${ours}@${home.box.config.subnet}.3:9735` });
  const node = `${theirs}@${home.box.config.subnet}.1:9735`;
  await home.action('lightning', 'open-channel', { node, satoshis: 500_000 });
  await until('the channel is in the pool', 60_000, async () => (await rpc('getrawmempool')).length > 0);
  await mine(6);
  await usable();
  const { invoice } = await ask('POST', '/invoices', { satoshis: 12_345, description: 'Bread', expirySeconds: 600 });
  expect(await home.action('lightning', 'pay', { invoice })).toMatchObject({ Amount: '12,345 sat' });
  await expect(home.action('lightning', 'pay', { invoice })).rejects.toThrow('was paid before');
  await until('it has arrived', 30_000, async () => (await ask('GET', '/payments'))[0]?.state === 'done');
}, 300_000);

test('a payment comes back, also after a restart', async () => {
  await home.restart('lightning');
  await usable();
  const { Invoice } = await home.action('lightning', 'receive', { satoshis: null, description: 'Change' });
  expect(await ask('POST', '/payments', { invoice: Invoice, satoshis: 2000 })).toMatchObject({ state: 'done' });
  await until('it is in the list', 30_000, async () =>
    Object.values(await home.action('lightning', 'list-payments')).includes('+2,000 sat'),
  );
  await expect(home.action('lightning', 'pay', { invoice: 'lnbc1nonsense' })).rejects.toThrow('no invoice');
}, 300_000);

test('it comes back from a backup, with its channel and what is in it', async () => {
  const { 'Can be sent': before } = await home.action('lightning', 'status');
  await home.comeBack('lightning');
  await usable();
  const after = await home.action('lightning', 'status');
  expect(after).toMatchObject({ Node: ours, 'Can be sent': before, Channels: '1' });
  const { invoice } = await ask('POST', '/invoices', { satoshis: 500, description: 'Salt', expirySeconds: 600 });
  expect(await home.action('lightning', 'pay', { invoice })).toMatchObject({ Amount: '500 sat' });
}, 600_000);

test('a channel is closed, and everybody has what is theirs', async () => {
  const [channel = ''] = Object.keys(await home.action('lightning', 'list-channels')).filter((id) => id !== '');
  await home.action('lightning', 'close-channel', { channel, force: false });
  await until('its end is in the pool', 60_000, async () => (await rpc('getrawmempool')).length > 0);
  await until('the money has come', 120_000, async () => {
    await mine(1);
    const { 'In the wallet': wallet = '', Channels } = await home.action('lightning', 'status');
    return Channels === '0' && Number(wallet.replaceAll(/\D/g, '')) > 980_000;
  });
  await until('theirs too', 120_000, async () => {
    await mine(1);
    return (await ask('GET', '/status')).walletSatoshis > 10_000;
  });
}, 300_000);
