import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AnyPlugin, definePlugin } from '@hearth/contract';
import { z } from 'zod';
import { LevelJournal } from '../state/level-journal.ts';
import { fakeEngine, http, startTestKernel, type TestKernel } from '../testing/index.ts';

const planted = ['sw0rdfish-in-the-secret', 'sw0rdfish-in-a-form', 'AAAAAAAAAAAAAAAA.'.padEnd(60, 'b')];
const note = z.object({ note: z.string(), tasks: z.record(z.string(), z.object({ value: z.string() })) });
const notes = definePlugin({
  id: 'notes',
  version: '1.0.0',
  about: 'Notes',
  requires: {},
  config: z.object({ apiKey: z.string().default('sw0rdfish-in-the-config') }),
  state: { schema: note, initial: { note: '', tasks: {} } },
  secret: { schema: z.object({ password: z.string() }), initial: { password: '' } },
  setup: (_, scope) => ({
    async start() {
      if (scope.state.read().note !== '') return;
      await scope.state.commit('note', (draft) => {
        draft.note = `sign in with password=${planted[1]} or Bearer ${planted[2]} at https://me:${planted[1]}@example.org`;
        draft.tasks = { one: { value: planted[1]! } };
      });
      await scope.secret.commit('note', (draft) => void (draft.password = planted[0]!));
    },
  }),
}) as AnyPlugin;

describe('a kernel that cannot use its state', () => {
  let folder: string;
  const journal = () => new LevelJournal(join(folder, 'data/kernel/journal'));
  const start = (more: object = {}): Promise<TestKernel> =>
    startTestKernel({ folder, journal: journal(), plugins: [notes], ...more });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hearth-diagnostic-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const ask = async (kernel: TestKernel, method: string, params: object = {}, token?: string) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const own = { Origin: 'https://localhost:8443', 'Sec-Fetch-Site': 'same-origin' };
    const headers = {
      'Content-Type': 'application/json',
      ...own,
      ...(token !== undefined && { 'X-Hearth-Token': token }),
    };
    const answer = await http({ socketPath: kernel.sockets.kernel, method: 'POST', path: '/rpc/v1', headers, body });
    return answer.json();
  };
  const spoil = async (): Promise<void> => {
    const path = join(folder, 'data/kernel/journal');
    const manifest = (await readdir(path)).find((name) => name.startsWith('MANIFEST'))!;
    await writeFile(join(path, 'CURRENT'), `${manifest.replace(/\d$/, '9')}\n`);
  };

  test('says why, keeps strangers out, and goes back to a snapshot for whoever has the code', async () => {
    const first = await start();
    await first.server.configure({ name: 'Family Server', setUp: true });
    const { snapshot } = await first.rpc('db.snapshot.create');
    await first.stop();
    await spoil();

    const engine = fakeEngine({ 'proxy.apply': () => ({ pid: 1 }) });
    const broken = await start({ engine });
    const status = (await ask(broken, 'server.status')).result;
    expect(status).toMatchObject({
      mode: 'diagnostic',
      rescueCode: null,
      plugins: [{ plugin: 'state', outcome: 'failed', error: { code: 'state.journalUnreadable' } }],
    });
    // The page that says so is served by the proxy as it was.
    expect(engine.calls.map(({ verb }) => verb)).toContain('proxy.apply');
    const { rescueCode } = await broken.rpc('server.status');
    expect(await readFile(join(folder, 'run/kernel/rescue-code'), 'utf8')).toBe(`${rescueCode}\n`);
    for (const token of [undefined, '', 'guess', rescueCode.slice(1)])
      expect((await ask(broken, 'db.snapshot.list', {}, token)).error.data.code).toBe('rpc.signInFirst');
    const list = await ask(broken, 'db.snapshot.list', {}, rescueCode.toUpperCase());
    expect(list.result.snapshots.map(({ name }: { name: string }) => name)).toContain(snapshot);
    expect((await ask(broken, 'db.snapshot.create', {}, rescueCode)).error.data.code).toBe('state.journalUnreadable');
    expect((await ask(broken, 'db.restore', { snapshot: '20200101T000000Z-asked' }, rescueCode)).error.data.code).toBe(
      'recovery.noSnapshot',
    );
    expect((await ask(broken, 'db.restore', { snapshot }, rescueCode)).result).toEqual({ restarts: false });
    await broken.stop();

    const healed = await start();
    expect(healed.server.boot().mode).toBe('running');
    expect(healed.server.read()).toMatchObject({ name: 'Family Server', setUp: true });
    expect(await readdir(join(folder, 'run/kernel'))).not.toContain('rescue-code');
    await expect(healed.rpc('db.repair')).rejects.toMatchObject({ code: 'recovery.notDamaged' });
    await healed.stop();
  });

  test('repairs what is there', async () => {
    const first = await start();
    await first.server.configure({ name: 'Family Server', setUp: true });
    await first.stop();
    await spoil();
    const broken = await start();
    expect(await broken.rpc('db.repair')).toEqual({ restarts: false });
    await broken.stop();
    const healed = await start();
    expect(healed.server.boot().mode).toBe('running');
    expect(healed.server.read()).toMatchObject({ name: 'Family Server' });
    await healed.stop();
  });

  test('takes a snapshot of what another release left, before it touches it', async () => {
    const first = await start();
    await first.server.begin('0.0.1');
    await first.stop();
    const second = await start();
    const { snapshots } = await second.rpc('db.snapshot.list');
    expect(snapshots.filter(({ occasion }: { occasion: string }) => occasion === 'update')).toHaveLength(1);
    await second.stop();
  });
});

test('the support bundle tells how it is, and no secret', async () => {
  await using kernel = await startTestKernel({ plugins: [notes] });
  const { bundle } = await kernel.rpc('support.bundle');
  const text = JSON.stringify(bundle);
  for (const secret of [...planted, 'sw0rdfish']) expect(text).not.toContain(secret);
  expect(bundle).toMatchObject({
    hearth: { version: '0.0.0', config: { port: 8443 } },
    state: { boot: { mode: 'running' }, notes: { note: expect.stringContaining('[redacted]') } },
  });
  expect(bundle.history.map(({ slice }: { slice: string }) => slice)).toContain('notes');
});
