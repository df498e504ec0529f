/** MariaDB, inside: only this package's own programs reach it, by a socket that knows who asks. */
import type { Context } from '@hearth/sdk';
import { webUser } from '../src/php.ts';

export type Box = Context<'data' | 'database' | 'sockets' | 'files', 'main'>;

export const databaseUser = 'mysql';
export const socket = '/sockets/database.sock';
const folder = '/var/lib/mysql';

export const databaseMounts = {
  database: { at: folder, owner: databaseUser },
  sockets: { at: '/sockets', owner: databaseUser },
};

const options = ['--no-defaults', `--datadir=${folder}`];
export const databaseCommand = [
  'mariadbd',
  ...options,
  `--socket=${socket}`,
  '--skip-networking',
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_unicode_ci',
  '--innodb-buffer-pool-size=128M',
  '--performance-schema=OFF',
];
export const databaseAnswers = ['mariadb-admin', '--no-defaults', `--socket=${socket}`, 'ping'];

export async function makeDatabase(context: Box): Promise<void> {
  const root = ['--auth-root-authentication-method=socket', `--auth-root-socket-user=${databaseUser}`];
  // By force: it would else insist on finding the machine's own name in a name service.
  const argv = ['mariadb-install-db', ...options, ...root, '--skip-test-db', '--force'];
  const asUser = { user: databaseUser };
  await context.within('main', databaseMounts, async (inside) => {
    await inside.run(argv, asUser, 120_000);
    const grant = `create database wordpress; create user '${webUser}'@'localhost' identified via unix_socket; grant all on wordpress.* to '${webUser}'@'localhost';`;
    // Without a server: statements on standard input, one a line.
    await inside.run(['mariadbd', ...options, '--bootstrap'], { ...asUser, input: bootstrap(grant) }, 120_000);
  });
}

/** The server takes statements about rights in this mode only once it has been told to read its tables of rights. */
const bootstrap = (statements: string) => ['flush privileges;', ...statements.split(/(?<=;) /), ''].join('\n');
