/** The commands against a real kernel, with real accounts: names and shapes of the API are what they are believed to be. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestKernel } from '@hearth/kernel/testing';
import type { TestKernel } from '@hearth/kernel/testing';
import { accountsPlugin } from '@hearth/plugin-accounts';
import { hearth as run } from './testing/terminal.ts';

let kernel: TestKernel;
const hearth = (...args: string[]) =>
  run([...args, '--socket', kernel.sockets.admin], { settings: join(kernel.folder, 'settings') });

beforeAll(async () => {
  kernel = await startTestKernel({ plugins: [accountsPlugin] });
});
afterAll(async () => {
  await kernel[Symbol.asyncDispose]();
});

test('a box is set up, tells its status and answers', async () => {
  expect((await hearth('status')).out).toContain('not set up');
  const file = join(kernel.folder, 'password');
  writeFileSync(file, 'correct horse battery staple\n');
  const setUp = await hearth('setup', '--name', 'Family Server', '--password-file', file);
  expect(setUp).toMatchObject({ code: 0, out: 'Family Server is set up: family-server.local\n' });
  expect((await hearth('setup', '--name', 'Again', '--password-file', file, '--json')).value().error.code).toBe(
    'accounts.alreadySetUp',
  );

  const status = (await hearth('status', '--json')).value();
  expect(status).toMatchObject({ server: { name: 'Family Server', setUp: true }, services: [], jobs: [] });
  expect((await hearth('package', 'list', '--json')).value()).toEqual([]);
  expect((await hearth('job', 'list', '--json')).value()).toEqual([]);
  expect((await hearth('call', 'db.dump', '{"pointer":"/server/name"}', '--json')).value().value).toBe('Family Server');
});

test('any method is called with flags, JSON or both; secrets come from files', async () => {
  expect((await hearth('call', 'db.dump', '--pointer', '/server/name', '--json')).value().value).toBe('Family Server');
  expect((await hearth('call', 'db.history', '{"limit":5}', '--limit', '1', '--json')).value().rows).toHaveLength(1);
  const made = await hearth('call', 'auth.token.create', '--name', 'a', '--role', 'viewer', '--days', '1', '--json');
  const { id } = made.value();
  expect((await hearth('call', 'auth.token.kill', '--ids', id, 'other', '--json')).code).toBe(0);
  expect((await hearth('call', 'auth.token.create', '--name', 'a', '--role', 'king')).code).toBe(2);
  expect((await hearth('call', 'auth.login', '--password', 'x')).code).toBe(2);
  const file = join(kernel.folder, 'wrong');
  writeFileSync(file, 'wrong password\n');
  expect((await hearth('call', 'auth.login', '--password-file', file, '--json')).value().error.code).toBe(
    'accounts.wrongPassword',
  );
});

test('snapshots of the state are taken, listed and gone back to; a support bundle is written', async () => {
  const name = (await hearth('db', 'snapshot', 'create')).out.trim();
  expect((await hearth('db', 'snapshot', 'list')).out).toContain(`${name}  `);
  expect((await hearth('db', 'restore', 'nonsense', '--json')).value().error.code).toBe('recovery.noSnapshot');
  expect((await hearth('db', 'repair', '--json')).value().error.code).toBe('recovery.notDamaged');
  const file = join(kernel.folder, 'bundle.json');
  expect((await hearth('support', 'bundle', file)).out).toContain('read it before you send it');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    format: 1,
    state: { server: { name: 'Family Server' } },
  });
});

test.each([
  [['package', 'start', 'absent'], 'cli.unknownService'],
  [['package', 'uninstall', 'absent'], /./],
  [['package', 'logs', 'absent'], /./],
  [['job', 'show', 'absent'], /^jobs?\./],
  [['call', 'no.such.method'], 'rpc.unknownMethod'],
])('%j is refused with a code', async (args, code) => {
  const ran = await hearth(...args, '--json');
  expect(ran.code).toBe(1);
  const told = ran.value().error.code;
  if (code instanceof RegExp) expect(told).toMatch(code);
  else expect(told).toBe(code);
  expect(told).not.toBe('hearth.internal');
});

test('the state, its history and the audit log are told: who, what, when', async () => {
  expect((await hearth('db', 'dump', '/server/name')).out).toBe('"Family Server"\n');
  const history = (await hearth('db', 'history', '--json')).value();
  expect(history).toContainEqual(
    expect.objectContaining({
      by: 'root',
      reason: 'server.configure',
      paths: expect.arrayContaining(['/server/name']),
    }),
  );
  expect(history).toContainEqual(expect.objectContaining({ by: null, reason: 'boot' }));
  expect(history.map(({ seq }: { seq: number }) => seq)).toEqual(
    history.map((_: unknown, at: number) => Number(history[0].seq) + at),
  );
  const audit = (await hearth('audit', '--json')).value();
  expect(audit.intact).toBe(true);
  expect(audit.rows.at(-1)).toMatchObject({ who: 'root', method: 'setup.execute', outcome: 'ok' });
  expect(JSON.stringify([history, audit])).not.toContain('correct horse');
  expect((await hearth('audit')).out).toContain('setup.execute');
});

test('a watch prints changes as they happen, of the part that is asked for', async () => {
  const stop = new AbortController();
  const watching = run(['db', 'watch', '/server', '--socket', kernel.sockets.admin], {
    settings: join(kernel.folder, 'settings'),
    signal: stop.signal,
  });
  await new Promise((resume) => setTimeout(resume, 300));
  await kernel.server.report((draft) => void (draft.mode = 'diagnostic'));
  await kernel.server.configure({ name: 'Other Name' });
  await new Promise((resume) => setTimeout(resume, 1200));
  stop.abort();
  const { out } = await watching;
  expect(out).toContain('/server/name');
  expect(out).not.toContain('/boot/mode');
});
