/** `npm start` where it cannot go on: one sentence, the right exit code, nothing left. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type Box, makeBox } from './box.ts';

const minute = 60_000;
const launcher = resolve(import.meta.dirname, '../../distro/daemon/src/start.ts');

// Machines that test are busy.
jest.setTimeout(minute);

let box: Box;

beforeAll(async () => {
  box = await makeBox();
  await box.start();
}, 5 * minute);

afterAll(async () => {
  await box.close();
}, 3 * minute);

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Not waiting on the spot: the test itself may hold what the launcher looks for. */
function run(program: string, args: readonly string[], more: Parameters<typeof spawn>[2] = {}): Promise<Outcome> {
  return new Promise((done, fail) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: '/root' };
    const child = spawn(program, args, { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], ...more });
    const said = { out: '', err: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    child.on('error', fail).on('close', (code) => done({ code, ...said }));
  });
}

const start = (...flags: readonly string[]) => run(process.execPath, [launcher, ...flags]);
/** A place that must not come to be. */
const elsewhere = () => ['--data', join(box.scratch, 'other'), '--run', join(box.scratch, 'other-run')];

function refusedWith({ code, err }: Outcome, expected: number, words: string | RegExp): void {
  const lines = err.split('\n').filter((line) => line.startsWith('hearth: '));
  expect([code, lines.length]).toEqual([expected, 1]);
  expect(lines[0]).toMatch(words);
  expect(err).not.toContain('    at ');
  expect(existsSync(join(box.scratch, 'other'))).toBe(false);
  expect(existsSync(join(box.scratch, 'other-run'))).toBe(false);
}

test('tells how it is used, and which version it is', async () => {
  expect(await start('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--port N'), err: '' });
  expect(await start('--help-config')).toMatchObject({ code: 0, out: expect.stringContaining('HEARTH_LXC_PATH') });
  expect(await start('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test.each([[['--frobnicate']], [['--port', '99999']], [['--port']], [['--data', 'relative']], [['word']]])(
  'refuses %j as wrong usage',
  async (flags) => {
    refusedWith(await start(...flags), 2, /see npm start -- --help/);
  },
);

test('refuses a file with a key it does not know, and says where', async () => {
  const data = join(box.scratch, 'configured');
  mkdirSync(data);
  writeFileSync(join(data, 'config.json'), '{"plugins": {"network": {"mdsn": true}}}');
  refusedWith(await start('--data', data), 1, /"plugins\.network\.mdsn" from file/);
});

test('refuses to start without root', async () => {
  // Somebody else who may read the checkout, which may stand where only root can.
  const reads = ['--ambient-caps', '+dac_read_search', '--inh-caps', '+dac_read_search'];
  const other = ['--reuid', '65534', '--regid', '65534', '--clear-groups', ...reads];
  refusedWith(await run('setpriv', [...other, process.execPath, launcher]), 1, /needs root; run: sudo npm start/);
});

test('refuses to start without apt-get', async () => {
  const words = ['mount --bind /dev/null /usr/bin/apt-get', `exec "$0" "$@"`].join(' && ');
  const outcome = await run('unshare', ['-m', 'sh', '-c', words, process.execPath, launcher, ...elsewhere()]);
  refusedWith(outcome, 1, /apt-get, which is not here; use Debian/);
});

test('says who holds a port', async () => {
  const server = createServer().listen(0);
  const { port } = server.address() as { port: number };
  try {
    for (const flag of ['--port', '--http-port']) {
      const ports = ['--port', String(box.port + 4000), '--http-port', String(box.httpPort + 4000)];
      const outcome = await start(...elsewhere(), ...ports, flag, String(port));
      refusedWith(outcome, 1, new RegExp(`Port ${port} is taken by .+ \\(process ${process.pid}\\).*${flag} N`));
    }
  } finally {
    server.close();
  }
});

test('refuses to start twice, and leaves the first alone', async () => {
  const outcome = await start('--data', box.config.data, '--run', box.config.run);
  refusedWith(outcome, 1, new RegExp(`already runs here \\(process ${box.launcher().pid}\\): open ${box.address}`));
  expect(await box.call('server.status')).toMatchObject({ mode: 'running' });
});

test(
  'ends by Ctrl-C with both its processes; what it left when it was killed is taken up',
  async () => {
    expect(await box.end('SIGINT')).toBe(0);
    const ours = () => box.pids(`${box.config.data}/runtime/`);
    expect(ours()).toEqual([]);
    expect(existsSync(join(box.config.data, 'engine/instance.json'))).toBe(false);
    await box.start();
    const before = readFileSync(join(box.config.data, 'proxy/nginx.pid'), 'utf8');
    await box.end('SIGKILL');
    await box.start();
    expect(ours()).toHaveLength(2);
    expect(readFileSync(join(box.config.data, 'proxy/nginx.pid'), 'utf8')).toBe(before);
    expect(spawnSync('ip', ['link', 'show', box.config.bridge]).status).toBe(0);
  },
  3 * minute,
);
