/** Node-RED on a real box: a flow is drawn by its own interface, and answers visitors, also after a restart. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Household, long, makeHousehold, until } from '../../../spec/system/catalog.ts';

let home: Household;
beforeAll(async () => {
  home = await makeHousehold();
  await home.install('node-red');
}, long);
afterAll(() => home.close(), 180_000);

const json = { 'content-type': 'application/json' };

async function logIn(password: string): Promise<string | null> {
  const asked = { client_id: 'node-red-editor', grant_type: 'password', scope: '*', username: 'owner', password };
  const body = JSON.stringify(asked);
  const answer = await home.ask('node-red', '/auth/token', { method: 'POST', headers: json, body });
  return answer.status === 200 ? JSON.parse(answer.body).access_token : null;
}

const tab = { id: 'a1', type: 'tab', label: 'Greeting' };
const flow = [
  tab,
  { id: 'b1', z: 'a1', type: 'http in', url: '/hello', method: 'get', wires: [['c1']], x: 1, y: 1 },
  {
    ...{ id: 'c1', z: 'a1', type: 'function', outputs: 1, wires: [['d1']], x: 2, y: 1 },
    func: 'const seen = (flow.get("seen") || 0) + 1; flow.set("seen", seen); msg.payload = `Visitor ${seen}`; return msg;',
  },
  { id: 'd1', z: 'a1', type: 'http response', statusCode: '200', wires: [], x: 3, y: 1 },
];

test('a flow answers visitors, and goes on counting after a restart', async () => {
  const { Password = '' } = await home.action('node-red', 'show-password');
  const token = await logIn(Password);
  const headers = { ...json, authorization: `Bearer ${token}` };
  const deployed = await home.ask('node-red', '/flows', { method: 'POST', headers, body: JSON.stringify(flow) });
  expect(deployed.status).toBe(204);
  await until('it answers', 20_000, async () => (await home.ask('node-red', '/hello')).body === 'Visitor 1');
  await until('the count is on the disk', 60_000, async () => {
    const { body } = await home.ask('node-red', '/context/flow/a1', { headers });
    return body.includes('seen');
  });
  await home.restart('node-red');
  expect((await home.ask('node-red', '/hello')).body).toBe('Visitor 2');
}, 240_000);

test('strangers see no flow and change none', async () => {
  expect((await home.ask('node-red', '/flows')).status).toBe(401);
  const body = JSON.stringify([tab]);
  expect((await home.ask('node-red', '/flows', { method: 'POST', headers: json, body })).status).toBe(401);
  expect(await logIn('wrong')).toBeNull();
}, 60_000);

test('a new password replaces the old one', async () => {
  const { Password: before = '' } = await home.action('node-red', 'show-password');
  await home.action('node-red', 'reset-password');
  const { Password: after = '' } = await home.action('node-red', 'show-password');
  expect(after).not.toBe(before);
  await until('the new one works', 120_000, async () => (await logIn(after)) !== null);
  expect(await logIn(before)).toBeNull();
}, 180_000);

test('it comes back from a backup', async () => {
  await home.comeBack('node-red');
  expect((await home.ask('node-red', '/hello')).body).toMatch(/^Visitor [2-9]$/);
}, 240_000);
