/** `hearth setup`, `status`, `login`, `logout`: the box itself. */
import { createHash, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import type { JobRow, ServiceRow } from '@hearth/contract';
import { Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { errors } from '../errors.ts';
import { ask, readPassword } from '../files.ts';
import { serverUrl } from '../logins.ts';
import { printable, reasonOf, table } from '../text.ts';
import type { ContextOf } from '../program.ts';
import { Rpc } from '../rpc.ts';

const passwordOption = (): Option =>
  new Option('--password-file <file>', 'file with the password; - reads standard input');

export function serverCommands(contextOf: ContextOf): Command[] {
  return [statusCommand(contextOf), setupCommand(contextOf), loginCommand(contextOf), logoutCommand(contextOf)];
}

interface ServerStatus {
  readonly name: string;
  readonly hostname: string;
  readonly setUp: boolean;
  readonly version: string;
  readonly mode: string;
  /** Told to root alone, while nobody can log in. */
  readonly rescueCode: string | null;
  readonly plugins: readonly {
    readonly plugin: string;
    readonly outcome: string;
    readonly error: { readonly message: string } | null;
  }[];
}

function statusCommand(contextOf: ContextOf): Command {
  return new Command('status')
    .description('tell how the box and its services do')
    .action(async (_, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const server = await box.call<ServerStatus>('server.status');
      // Without state there is nothing to list.
      const services = server.setUp ? await box.call<ServiceRow[]>('package.list') : [];
      const jobs = server.setUp ? await box.call<JobRow[]>('job.list') : [];
      const running = jobs.filter(({ finishedAt }) => finishedAt === null);
      const failed = server.plugins.filter(({ outcome }) => outcome !== 'ok');
      const rows = services.map(({ id, manifest, status }) => [id, manifest.version, status.actual, reasonOf(status)]);
      const lines = [
        `${printable(server.name) || 'Hearth'} ${server.version}, ${server.hostname}.local, ${server.setUp || server.mode === 'diagnostic' ? server.mode : 'not set up: hearth setup'}`,
        ...failed.map(({ plugin, outcome, error }) => `${plugin} ${outcome}: ${printable(error?.message ?? '')}`),
        ...(server.mode === 'diagnostic' ? [distressWords(server.rescueCode)] : []),
        table(rows),
        ...running.map(({ id, title, state }) => `job ${id} ${state}: ${printable(title)}`),
      ];
      context.output.result({ server, services, jobs: running }, lines.filter((line) => line !== '').join('\n'));
    });
}

function distressWords(rescueCode: string | null): string {
  const code = rescueCode === null ? '' : `The page asks for this code: ${rescueCode}\n`;
  return `${code}What may help: hearth db repair, hearth db snapshot list, hearth db restore, hearth support bundle`;
}

function setupCommand(contextOf: ContextOf): Command {
  return new Command('setup')
    .description('name the box and choose the password of its owner; once')
    .requiredOption('--name <name>', 'what the box is called')
    .addOption(passwordOption())
    .option('--code <code>', 'the set-up code shown on its console; not needed by root on the box')
    .action(async (flags, command: Command) => {
      const context = contextOf(command);
      const box = await context.box();
      const password = await readPassword(context, flags.passwordFile, 'Password of the owner: ', true);
      const input = { name: flags.name, password, ...(flags.code && { code: flags.code }) };
      const answer = await box.call<{ name: string; hostname: string; rev: number }>('setup.execute', input);
      const { name, hostname, rev } = answer;
      // The answer holds a session too; nobody asked for it to be printed.
      context.output.result({ name, hostname, rev }, `${printable(name)} is set up: ${hostname}.local`);
    });
}

function loginCommand(contextOf: ContextOf): Command {
  return new Command('login')
    .description('log in to a box elsewhere; later commands go there')
    .argument('<url>', 'https://hearth.local:8443')
    .addOption(passwordOption())
    .option('--fingerprint <hex>', "SHA-256 of the box's root certificate; asked for unless told")
    .option('--days <n>', 'how long the log-in lasts', '90')
    .action(async (address: string, flags, command: Command) => {
      const context = contextOf(command);
      const url = serverUrl(address);
      const authority = await authorityOf(context, url, flags.fingerprint);
      const password = await readPassword(context, flags.passwordFile, `Password of ${url}: `);
      const server = { kind: 'server' as const, url, ...(authority !== null && { authority }) };
      const session = await new Rpc(server).exchange<{ token: string }>('auth.login', { password });
      const cookie = (session.headers['set-cookie'] ?? []).map((line) => line.split(';')[0] ?? '').join('; ');
      const own = new Rpc({ ...server, headers: { cookie, 'x-hearth-token': session.result.token } });
      // A session belongs to a browser; programs have tokens, which the owner sees by name and can end.
      const name = `hearth on ${context.world.environment.machine}`;
      const made = await own.call<{ id: string; token: string }>('auth.token.create', {
        name,
        role: 'owner',
        days: Number(flags.days),
      });
      await own.call('auth.logout');
      const login = { token: made.token, tokenId: made.id, ...(authority !== null && { authority }) };
      await context.logins.save(url, login);
      context.output.result({ server: url }, `logged in to ${url}`);
    });
}

function logoutCommand(contextOf: ContextOf): Command {
  return new Command('logout')
    .description('end the log-in to a box elsewhere')
    .argument('<url>')
    .action(async (address: string, _, command: Command) => {
      const context = contextOf(command);
      const url = serverUrl(address);
      const login = await context.logins.find(url);
      if (login === null) throw errors.loggedOut({ server: url });
      const box = new Rpc({ kind: 'server', url, token: login.token, authority: login.authority });
      try {
        await box.call('auth.token.kill', { ids: [login.tokenId] });
      } finally {
        await context.logins.remove(url);
      }
      context.output.result({ server: url }, `logged out of ${url}`);
    });
}

/**
 * The box's own root certificate, once its fingerprint is confirmed; null where the system trusts the box anyway.
 * The password is only ever sent after that.
 */
async function authorityOf(context: Context, url: string, expected: string | undefined): Promise<string | null> {
  if (url.startsWith('http:')) return null;
  try {
    await new Rpc({ kind: 'server', url }).call('server.status');
    return null;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'cli.untrusted') throw error;
  }
  const pem = await fetchAuthority(url);
  const found = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  if (expected === undefined) {
    if (context.world.streams.stdin.isTTY !== true) throw errors.untrusted({ server: url, found });
    const answer = await ask(
      context,
      `The root certificate of ${url} has the fingerprint\n  ${found}\nIs it the one the box shows? (yes/no) `,
    );
    if (!/^y(es)?$/i.test(answer.trim())) throw errors.wrongFingerprint({ server: url, found });
  } else if (expected.replaceAll(/[^0-9a-f]/gi, '').toLowerCase() !== found) {
    throw errors.wrongFingerprint({ server: url, found });
  }
  return pem;
}

/** Not trusted yet: only what it says of itself, to be compared. */
function fetchAuthority(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown): void =>
      reject(errors.unreachable({ server: url, reason: 'it shows no root certificate' }, cause));
    const out = request(new URL('/ca.crt', url), { rejectUnauthorized: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > 65_536) out.destroy(new Error('too long'));
      });
      response.on('end', () =>
        response.statusCode === 200 && text.includes('BEGIN CERTIFICATE') ? resolve(text) : refuse(null),
      );
    });
    out.on('error', refuse);
    out.end();
  });
}
