/** What strangers send to a real server: broken archives, wrong passwords, malformed and oversize requests, foreign names. */
import { execFileSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Box, makeBox } from './box.ts';

const minute = 60_000;
const password = 'correct horse battery staple';
/** Bytes an upload may have on this server; more than Syncthing's archive. */
const uploadLimit = 80_000_000;

// Machines that test are busy.
jest.setTimeout(minute);

let box: Box;
/** Bytes of a good archive. */
let archive: Buffer;
let owner: Record<string, string>;

beforeAll(async () => {
  box = await makeBox(['--upload-limit', String(uploadLimit)]);
  await box.start();
  await box.call('setup.execute', { name: 'Hearth', password });
}, 5 * minute);

afterAll(async () => {
  await box.close();
}, 3 * minute);

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  json(): any;
}

/** Through the proxy, as a machine of the network would; `from` is the client's own address. */
function ask(path: string, options: RequestOptions & { body?: string | Buffer; from?: string } = {}): Promise<Answer> {
  const { body, from, headers, ...rest } = options;
  return new Promise((done, fail) => {
    const exchange = request(
      {
        host: '127.0.0.1',
        port: box.port,
        path,
        servername: 'localhost',
        rejectUnauthorized: false,
        localAddress: from ?? '127.0.0.1',
        agent: false,
        method: body === undefined ? 'GET' : 'POST',
        headers: { host: `localhost:${box.port}`, ...(headers as Record<string, string>) },
        ...rest,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () =>
          done({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: () => JSON.parse(text) }),
        );
        answer.on('error', fail);
      },
    );
    exchange.on('error', fail).end(body);
  });
}

/** What a page of Hearth itself sends. */
const page = () => ({
  'content-type': 'application/json',
  origin: box.address,
  'sec-fetch-site': 'same-origin',
});

const rpc = (body: string | Buffer, more: Parameters<typeof ask>[1] = {}) =>
  ask('/rpc/v1', { body, ...more, headers: { ...page(), ...(more.headers as Record<string, string>) } });

const logIn = (word: string, from?: string, headers: Record<string, string> = {}) =>
  rpc(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'auth.login', params: { password: word } }), {
    ...(from !== undefined && { from }),
    headers,
  });

async function ended(job: string): Promise<any> {
  for (;;) {
    const row = await box.call('job.wait', { job, waitMs: 20_000 });
    if (row.finishedAt !== null) return row;
  }
}

/** Everything a service could leave on the machine. */
async function traces(): Promise<string[]> {
  const { data, lxcPath } = box.config;
  const folders = ['packages', 'staging', 'staging/uploads', 'engine/images', 'engine/volumes', 'engine/logs'];
  const files = folders.flatMap((folder) =>
    existsSync(join(data, folder)) ? readdirSync(join(data, folder)).map((name) => `${folder}/${name}`) : [],
  );
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(data) || line.includes(box.config.run));
  const containers = execFileSync('lxc-ls', ['-1', '-P', lxcPath], { encoding: 'utf8' }).split('\n').filter(Boolean);
  const { value } = await box.call('db.dump', { pointer: '/services' });
  return [
    ...files.filter((file) => file !== 'staging/uploads'),
    ...mounts,
    ...containers,
    ...Object.keys(value),
  ].sort();
}

async function sideload(bytes: Buffer): Promise<string> {
  const sent = await ask('/upload', { body: bytes, headers: { ...owner, 'content-type': 'application/octet-stream' } });
  expect([sent.status, sent.text.length > 0]).toEqual([200, true]);
  const asked = { jsonrpc: '2.0', id: 1, method: 'package.sideload', params: { upload: sent.json().upload } };
  const answer = (await rpc(JSON.stringify(asked), { headers: owner })).json();
  if (answer.error !== undefined) return answer.error.data.code as string;
  const row = await ended(answer.result.job);
  return row.error?.code ?? row.state;
}

describe('archives', () => {
  let clean: string[];

  beforeAll(async () => {
    // The first of all tests: so that there is one good archive to break.
    const answer = await logIn(password);
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    owner = { ...page(), cookie, 'x-hearth-token': answer.json().result.token };
    expect((await ended((await box.call('package.install', { id: 'syncthing', start: false })).job)).state).toBe(
      'succeeded',
    );
    // What stays of an installation is the archive as it was signed, without what is for other machines.
    const kept = join(box.config.data, 'packages/syncthing');
    const [revision = ''] = readdirSync(kept);
    archive = readFileSync(join(kept, revision, 'package.s9pk'));
    expect((await ended((await box.call('package.uninstall', { id: 'syncthing' })).job)).state).toBe('succeeded');
    clean = await traces();
  }, 10 * minute);

  test('leave nothing when they are uninstalled', () => {
    expect(clean.filter((trace) => trace.includes('syncthing'))).toEqual([]);
  });

  const flipped = (at: (size: number) => number) => () => {
    const bytes = Buffer.from(archive);
    const place = at(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    return bytes;
  };

  test.each<[string, string, () => Buffer]>([
    ['another signature', 's9pk.badSignature', flipped(() => 40)],
    ['another key', 's9pk.badSignature', flipped(() => 10)],
    ['another commitment', 's9pk.badSignature', flipped(() => 100)],
    ['no magic', 's9pk.badMagic', flipped(() => 0)],
    ['a flipped bit in its last file', 's9pk.hashMismatch', flipped((size) => size - 10)],
    ['a flipped bit in the middle', 's9pk.hashMismatch', flipped((size) => Math.floor(size / 2))],
    ['its end cut off', 's9pk.outOfBounds', () => archive.subarray(0, archive.length - 1)],
    ['all but its header cut off', 's9pk.outOfBounds', () => archive.subarray(0, 155)],
    ['half of a header', 's9pk.truncated', () => archive.subarray(0, 80)],
    ['nothing in it', 's9pk.truncated', () => Buffer.alloc(0)],
  ])(
    'one with %s is refused as %s and leaves nothing',
    async (_, code, make) => {
      expect(await sideload(make())).toBe(code);
      expect(await traces()).toEqual(clean);
    },
    minute,
  );

  test('an oversize upload is refused before it is read, and one that lies about its size as it passes the limit', async () => {
    const upload = { ...owner, 'content-type': 'application/octet-stream' };
    const declared = await ask('/upload', {
      method: 'POST',
      headers: { ...upload, 'content-length': String(uploadLimit + 1), expect: '100-continue' },
    }).catch(() => null);
    if (declared !== null) expect(declared.status).toBe(413);
    expect(await traces()).toEqual(clean);
    const stranger = await ask('/upload', {
      body: 'x',
      headers: { ...page(), 'content-type': 'application/octet-stream' },
    });
    expect(stranger.status).toBe(401);
    expect(await traces()).toEqual(clean);
  });

  test(
    'an installation is cancelled in the middle and leaves nothing',
    async () => {
      const { job } = await box.call('package.install', { id: 'syncthing' });
      await box.call('package.cancel-install', { id: 'syncthing' });
      expect((await ended(job)).state).toBe('cancelled');
      expect(await traces()).toEqual(clean);
    },
    minute,
  );

  test(
    'the engine is killed in the middle of an installation: it ends well or leaves nothing',
    async () => {
      const { job } = await box.call('package.install', { id: 'syncthing', start: false });
      await until(() => readdirSync(join(box.config.data, 'engine/images')).length > 0);
      const [engine] = box
        .pids(`${box.config.data}/runtime/`)
        .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine.mjs'));
      process.kill(engine ?? 0, 'SIGKILL');
      const { state } = await ended(job);
      if (state === 'succeeded') {
        const removal = await ended((await box.call('package.uninstall', { id: 'syncthing' })).job);
        expect(removal.state).toBe('succeeded');
      } else expect(state).toBe('failed');
      expect(await traces()).toEqual(clean);
    },
    2 * minute,
  );
});

async function until(what: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  for (const end = Date.now() + limitMs; ; await sleep(20)) {
    if (await what()) return;
    if (Date.now() > end) throw new Error('Waited in vain');
  }
}

describe('requests', () => {
  test.each([
    ['{', -32_700],
    ['', -32_700],
    ['[]', -32_600],
    ['3', -32_600],
    ['{"jsonrpc":"1.0","id":1,"method":"echo"}', -32_600],
    ['{"jsonrpc":"2.0","id":1,"method":3}', -32_600],
    ['{"jsonrpc":"2.0","id":1,"method":"nosuch.method"}', -32_601],
    ['{"jsonrpc":"2.0","id":1,"method":"__proto__"}', -32_601],
    ['{"jsonrpc":"2.0","id":1,"method":"auth.login","params":{"password":3}}', -32_602],
    ['['.repeat(100_000), -32_700],
  ])('the body %.60s is a JSON-RPC error without a stack', async (body, code) => {
    const { text } = await rpc(body);
    expect(JSON.parse(text).error.code).toBe(code);
    expect(text).not.toMatch(/\.ts:|\.mjs:|node:internal|at Object\./);
  });

  test('a huge body is refused, declared or not', async () => {
    const body = Buffer.alloc(5_000_000, 0x20);
    expect((await rpc(body)).status).toBe(413);
    const chunked = await rpc(body, { headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.status).toBe(413);
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost:1', '[::1', 'a@localhost'])(
    'the name "%s" is nobody’s',
    async (host) => {
      const { status, text } = await ask('/', { headers: { host } });
      expect([400, 421]).toContain(status);
      expect(text).not.toContain('<title>Hearth</title>');
    },
  );

  test.each([
    '/../kernel/journal',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%2f..%2fengine.mjs',
    '/assets/../../engine.mjs',
    '/icon/../../../etc/passwd',
    '/icon/..%2f..%2fconfig.json',
    '/icon/%00',
    '//etc/passwd',
    '/.hearth/starting.html',
    '/ca.crt/../../../etc/passwd',
  ])('the path %s leads nowhere', async (path) => {
    const { status, text } = await ask(path);
    expect(text).not.toMatch(/root:|PRIVATE KEY|import /);
    if (status === 200) expect(text).toContain('<title>Hearth</title>');
    else expect([400, 404]).toContain(status);
  });

  test(
    'a feed without a token tells nothing',
    async () => {
      const frames = await new Promise<string>((done, fail) => {
        const socket = connect({
          host: '127.0.0.1',
          port: box.port,
          servername: 'localhost',
          rejectUnauthorized: false,
        });
        let text = '';
        socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
        socket.on('close', () => done(text)).on('error', fail);
        socket.write(
          `GET /feed HTTP/1.1\r\nHost: localhost:${box.port}\r\nOrigin: ${box.address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        );
        setTimeout(() => socket.end(), 15_000).unref();
      });
      expect(frames).not.toMatch(/services|jobs|hostname/);
    },
    minute,
  );

  test('HTTPS is not remembered for a server on another port than 443', async () => {
    const host = `hearth.local:${box.port}`;
    const { status, headers } = await ask('/', { servername: 'hearth.local', headers: { host } });
    expect([status, headers['strict-transport-security']]).toEqual([200, undefined]);
  });
});

describe('a wrong password', () => {
  test(
    'takes its time, is counted for the client alone, and never locks the owner out',
    async () => {
      const guesser = '127.0.0.2';
      const began = Date.now();
      const codes: string[] = [];
      for (let tries = 0; tries < 5; tries += 1) {
        // Lies about who it is do not help.
        const answer = await logIn(`guess ${tries}`, guesser, {
          'x-real-ip': `10.9.8.${tries}`,
          'x-forwarded-for': '10.9.8.7',
        });
        codes.push(answer.json().error.data.code as string);
      }
      expect(codes.slice(0, 3)).toEqual(Array(3).fill('accounts.wrongPassword'));
      expect(codes).toContain('accounts.tooManyAttempts');
      expect(Date.now() - began).toBeGreaterThan(3000);
      // The right password of the guesser has to wait as well; anybody else's works at once.
      expect((await logIn(password, guesser)).json().error?.data.code ?? 'let in').toMatch(/tooManyAttempts|let in/);
      expect((await logIn(password, '127.0.0.3')).json().result.token).toEqual(expect.any(String));
      await until(async () => (await logIn(password, guesser)).json().result !== undefined);
    },
    minute,
  );
});

describe('the proxy', () => {
  const plain = (path: string) =>
    new Promise<string>((done, fail) => {
      plainRequest(
        { host: '127.0.0.1', port: box.httpPort, path, headers: { host: 'localhost' }, agent: false },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => done(text));
        },
      )
        .on('error', fail)
        .end();
    });

  test(
    'is started again when it was killed, though its workers hold the ports',
    async () => {
      const file = join(box.config.data, 'proxy/nginx.pid');
      const before = readFileSync(file, 'utf8').trim();
      process.kill(Number(before), 'SIGKILL');
      await until(() => readFileSync(file, 'utf8').trim() !== before);
      await until(async () => (await ask('/').catch(() => null))?.status === 200);
      const pid = readFileSync(file, 'utf8').trim();
      expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toContain(box.config.data);
    },
    minute,
  );

  test(
    'and so is the name server',
    async () => {
      const record = () => JSON.parse(readFileSync(join(box.config.run, 'dnsmasq.json'), 'utf8')) as { pid: number };
      const before = record().pid;
      process.kill(before, 'SIGKILL');
      await until(() => record().pid !== before);
      const resolver = new Resolver();
      resolver.setServers([`${box.config.subnet}.1`]);
      await until(
        async () =>
          (await resolver
            .resolve4('no-such-service.startos')
            .catch((error: unknown) => (error as NodeJS.ErrnoException).code)) === 'ENOTFOUND',
      );
    },
    minute,
  );

  test(
    'gives the root certificate away also while the kernel is down',
    async () => {
      const whole = await plain('/ca.crt');
      expect(whole).toContain('BEGIN CERTIFICATE');
      writeFileSync(join(box.scratch, 'ca.crt'), whole);
      await box.end('SIGTERM');
      expect(await plain('/ca.crt')).toBe(whole);
      expect((await ask('/')).status).toBe(503);
      await box.start();
      expect((await ask('/')).status).toBe(200);
    },
    minute,
  );
});
