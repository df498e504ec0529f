/** Logging in to a box elsewhere: whom the password is sent to, and what is kept. */
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hearth as run } from './testing/terminal.ts';

let folder = '';
let url = '';
let fingerprint = '';
let server: Server;
const seen: { method: string; params: any; headers: Record<string, any> }[] = [];
const hearth = (...args: string[]) => run(args, { settings: join(folder, 'settings'), stdin: 'the password\n' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-cli-login-'));
  const [keyFile, certificateFile] = [join(folder, 'key'), join(folder, 'certificate')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      keyFile,
      '-out',
      certificateFile,
    ],
    { stdio: 'ignore' },
  );
  const certificate = readFileSync(certificateFile, 'utf8');
  fingerprint = createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex');
  server = createServer({ key: readFileSync(keyFile), cert: certificate }, (request, response) => {
    if (request.url === '/ca.crt') {
      response.end(certificate);
      return;
    }
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const { id, method, params } = JSON.parse(body);
      seen.push({ method, params, headers: request.headers });
      const results: Record<string, unknown> = {
        'auth.login': { token: 'half' },
        'auth.token.create': { id: 't1', token: 'lasting', rev: 1 },
        'package.list': [],
      };
      if (method === 'package.list' && request.headers.authorization !== 'Bearer lasting') {
        const error = { code: -32001, message: 'Cannot call', data: { code: 'rpc.signInFirst' } };
        response.writeHead(401).end(JSON.stringify({ jsonrpc: '2.0', id, error }));
        return;
      }
      if (method === 'auth.login') response.setHeader('set-cookie', '__Host-hearth=crumb; Path=/; Secure');
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: results[method] ?? {} }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

test('the password is not sent to a box whose certificate nobody confirmed', async () => {
  const unknown = await hearth('login', url, '--password-file', '-', '--json');
  expect([unknown.code, unknown.value().error.code]).toEqual([1, 'cli.untrusted']);
  const wrong = await hearth('login', url, '--password-file', '-', '--fingerprint', '00', '--json');
  expect(wrong.value().error).toMatchObject({ code: 'cli.wrongFingerprint', data: { found: fingerprint } });
  expect(seen).toEqual([]);
  expect((await hearth('package', 'list', '--server', url, '--json')).value().error.code).toBe('cli.untrusted');
});

test('logging in keeps a token of its own, ends the session, and later commands go there', async () => {
  const spelled = fingerprint.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:');
  const ran = await hearth('login', url, '--password-file', '-', '--fingerprint', spelled);
  expect(ran).toMatchObject({ code: 0, out: `logged in to ${url}\n` });
  expect(seen.map(({ method }) => method)).toEqual(['auth.login', 'auth.token.create', 'auth.logout']);
  expect(seen[0]!.params).toEqual({ password: 'the password' });
  expect(seen[1]!.params).toMatchObject({ name: 'hearth on desk', days: 90 });
  expect(seen[1]!.headers).toMatchObject({ cookie: '__Host-hearth=crumb', 'x-hearth-token': 'half' });
  expect(statSync(join(folder, 'settings/logins.json')).mode & 0o777).toBe(0o600);
  expect((await hearth('package', 'list', '--server', url, '--json')).value()).toEqual([]);
});

test('logging out ends the token and forgets it', async () => {
  expect((await hearth('logout', url)).code).toBe(0);
  expect(seen.at(-1)).toMatchObject({ method: 'auth.token.kill', params: { ids: ['t1'] } });
  expect(readFileSync(join(folder, 'settings/logins.json'), 'utf8')).not.toContain('lasting');
  expect((await hearth('logout', url, '--json')).value().error.code).toBe('cli.loggedOut');
});
