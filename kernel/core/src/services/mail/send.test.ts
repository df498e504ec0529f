/** Real conversations: a mail server on this machine, with a certificate of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { SmtpValue } from '@hearth/contract';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { send } from './send.ts';

interface Heard {
  readonly user: unknown;
  readonly encrypted: boolean;
  readonly from: string;
  readonly to: string[];
  readonly text: string;
}

let folder: string;
let key: string;
let cert: string;
let server: SMTPServer | null = null;
let heard: Heard[] = [];
/** Whatever was offered to get in by. */
let offered: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-mail-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...how, '-keyout', keyFile, '-out', certFile, ...name], { stdio: 'ignore' });
  key = readFileSync(keyFile, 'utf8');
  cert = readFileSync(certFile, 'utf8');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await new Promise<void>((done) => (server === null ? done() : server.close(done)));
  server = null;
  heard = [];
  offered = [];
});

async function serve(more: SMTPServerOptions = {}): Promise<SmtpValue> {
  const made = new SMTPServer({
    ...{ key, cert, logger: false },
    onAuth: ({ username, password }, _session, done) => {
      offered.push(String(password));
      if (password === 'right') done(null, { user: username });
      else done(new Error('no such user'));
    },
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('nobody') ? new Error('no such mailbox') : null),
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (piece: Buffer) => (text += piece.toString()));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        heard.push({ user: session.user, encrypted: session.secure, from, to, text });
        done();
      });
    },
    ...more,
  });
  server = made;
  await new Promise<void>((ready) => made.listen(0, '127.0.0.1', ready));
  const { port } = made.server.address() as AddressInfo;
  const security = more.secure === true ? 'tls' : 'starttls';
  return { host: 'localhost', port, from: 'Home <home@example.com>', username: 'home', password: 'right', security };
}

const message = { to: 'ada@example.com', subject: 'Hello', text: 'A line.\n' };
const options = () => ({ signal: new AbortController().signal, ca: [cert] });

test.each([false, true])('a message goes encrypted, for the user it is told (TLS at once: %s)', async (secure) => {
  await send(await serve({ secure }), message, options());
  expect(heard).toEqual([
    {
      ...{ user: 'home', encrypted: true, from: 'home@example.com', to: ['ada@example.com'] },
      text: expect.stringMatching(/^From: Home <home@example\.com>[^]*Subject: Hello[^]*A line\./m),
    },
  ]);
});

test('no user, no login', async () => {
  const open = await serve({ authOptional: true });
  await send({ ...open, username: '', password: null }, message, options());
  expect(heard).toMatchObject([{ from: 'home@example.com' }]);
  expect(offered).toEqual([]);
});

test('each way to fail has its words, and none of them the password', async () => {
  const there = await serve();
  const failure = async (value: SmtpValue, more: object = {}, to = message.to): Promise<any> =>
    send(value, { ...message, to }, { ...options(), ...more }).then(
      () => 'it was sent',
      (error: unknown) => error,
    );
  const wrong = await failure({ ...there, password: 'wrong-and-secret' });
  expect(wrong).toMatchObject({ code: 'mail.loginRefused', message: expect.stringContaining('no such user') });
  expect(JSON.stringify([wrong.message, wrong.data])).not.toContain('wrong-and-secret');
  expect(await failure(there, {}, 'nobody@example.com')).toMatchObject({
    code: 'mail.refused',
    message: expect.stringContaining('no such mailbox'),
  });
  expect(await failure(there, { ca: [] })).toMatchObject({ code: 'mail.untrusted' });
  expect(await failure({ ...there, host: '127.0.0.1' })).toMatchObject({ code: 'mail.untrusted' });
  expect(await failure({ ...there, port: 1 })).toMatchObject({ code: 'mail.unreachable' });
  expect(heard).toEqual([]);
});

test('a server that will not encrypt hears neither password nor message', async () => {
  const plain = await serve({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
  await expect(send(plain, message, options())).rejects.toMatchObject({ code: 'mail.untrusted' });
  expect({ heard, offered }).toEqual({ heard: [], offered: [] });
});

test('nobody waits on for whoever asked and went away', async () => {
  const asked = new AbortController();
  const slow = await serve({
    onConnect: (_session, done) => {
      asked.abort(new Error('gone'));
      setImmediate(() => done(new Error('closed')));
    },
  });
  await expect(send(slow, message, { ...options(), signal: asked.signal })).rejects.toThrow('gone');
  await expect(send(slow, message, { ...options(), signal: asked.signal })).rejects.toThrow('gone');
  expect(heard).toEqual([]);
});
