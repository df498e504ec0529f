/** PostgreSQL, from Debian: a database that other services keep their data in. */
import { answer, type Context, defineService, fields, programSucceeds, shown } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';

const home = '/var/lib/postgresql';
const cluster = `${home}/cluster`;
const programs = '/usr/lib/postgresql/15/bin';
const port = 5432;
const user = 'postgres';
const mounts = { data: { at: home, owner: user } };
const exec = { user, cwd: home, env: { LC_ALL: 'C.UTF-8' } };

type Box = Context<'data', 'main'>;

const settings = `listen_addresses = '*'
unix_socket_directories = '/sockets'
password_encryption = 'scram-sha-256'
max_connections = 200
shared_buffers = '128MB'
logging_collector = off
log_timezone = 'UTC'
timezone = 'UTC'
`;

/** Only over the network, only with a password; the socket is the owner's own, inside. */
const access = `local all postgres peer
host all all all scram-sha-256
`;

/** A statement of SQL. Values reach psql as variables and are quoted by it, never pasted. */
const sql = async (context: Box, values: Readonly<Record<string, string>>, statement: string): Promise<string> => {
  const set = Object.entries(values).map(([name, value]) => {
    if (/['\\\n]/.test(value)) throw new Error(`A value with quotes, backslashes or line ends cannot be used`);
    return `\\set ${name} '${value}'\n`;
  });
  const argv = [`${programs}/psql`, '-h', '/sockets', '-U', user, '-d', 'postgres', '-qAtX', '-v', 'ON_ERROR_STOP=1'];
  const sockets = { ...mounts, sockets: '/sockets' };
  return context.run('main', sockets, argv, { ...exec, input: `${set.join('')}${statement}\n` });
};

/** Single words, so that nobody ever has to quote them. */
const word = [{ regex: '[a-z][a-z0-9_]*', description: 'use small letters, digits and underscores' }];
const letters = { charset: 'a-z,A-Z,0-9', len: 32 };

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'postgresql',
    title: 'PostgreSQL',
    version: '15.18:0',
    releaseNotes: 'PostgreSQL 15.18, from Debian 12.',
    license: 'PostgreSQL',
    description: {
      short: 'The database other services keep their data in',
      long: 'PostgreSQL is a relational database that has kept data safe for decades. Services that need one ask for a database of their own; you can make more for programs that you write.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://git.postgresql.org/gitweb/?p=postgresql.git',
    marketingUrl: 'https://www.postgresql.org',
    donationUrl: 'https://www.postgresql.org/about/donate/',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data', 'sockets'],
  interfaces: {
    server: {
      name: 'Server',
      description: 'For programs that speak to PostgreSQL over TLS from the first byte',
      type: 'api',
      port,
      protocol: 'tls',
      scheme: 'postgresql',
    },
  },

  async install(context) {
    const password = context.password(32);
    await context.within('main', mounts, async (subcontainer) => {
      await subcontainer.write(`${home}/first`, password, { user });
      const options = ['--auth-local=peer', '--auth-host=scram-sha-256', `--pwfile=${home}/first`];
      const locale = ['--encoding=UTF8', '--locale-provider=libc', '--locale=C.UTF-8', '--data-checksums'];
      await subcontainer.run([`${programs}/initdb`, '-D', cluster, ...options, ...locale], exec, 120_000);
      await subcontainer.run(['rm', `${home}/first`], exec);
    });
    await keepCredentials(context, { user, password });
  },
  async prepare(context) {
    await context.within('main', mounts, async (subcontainer) => {
      await subcontainer.write(`${cluster}/hearth.conf`, settings, { user });
      await subcontainer.write(`${cluster}/pg_hba.conf`, access, { user });
      // What a stop by force left behind; nothing runs here now.
      await subcontainer.run(['rm', '-f', `${cluster}/postmaster.pid`], exec);
    });
  },

  daemons: {
    postgresql: {
      image: 'main',
      command: [`${programs}/postgres`, '-D', cluster, `--config_file=${cluster}/hearth.conf`],
      ...exec,
      mounts: { ...mounts, sockets: { at: '/sockets', owner: user } },
      ready: {
        name: 'Server',
        check: programSucceeds(
          [`${programs}/pg_isready`, '-q', '-h', '/sockets'],
          { success: 'It takes queries', failure: 'It takes no queries' },
          { user },
        ),
        graceMs: 120_000,
      },
      stopWithinMs: 120_000,
      // At SIGTERM it would wait for every client to leave by itself.
      stopSignal: 'SIGINT',
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show user and password',
      description: 'Of the user who may do everything. Make programs databases of their own instead.',
      async run(context) {
        return showCredentials('Log in to PostgreSQL', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: 'Replaces the password of the user who may do everything.',
      when: 'only-running',
      async run(context) {
        const credentials = { user, password: context.password(32) };
        await sql(context, { password: credentials.password }, "alter role postgres password :'password';");
        await keepCredentials(context, credentials);
        return showCredentials('The new password', 'It works at once.', credentials);
      },
    },
    'create-database': {
      name: 'Make a database',
      description: 'A database, and a user who may do everything in it. If they are there: the password is set anew.',
      when: 'only-running',
      access: 'dependent',
      input: {
        name: fields.text({ name: 'Database and user', maxLength: 60, patterns: word }),
        password: fields.text({
          name: 'Password',
          masked: true,
          minLength: 12,
          maxLength: 200,
          patterns: [{ regex: '[^\'"\\\\\\s]*', description: 'no quotes, backslashes or spaces' }],
          generate: letters,
          default: letters,
        }),
      },
      async run(context, { name, password }) {
        if (name === user || name.startsWith('pg_')) throw new Error(`${name} is PostgreSQL's own`);
        const statement = [
          "select format('create role %I login', :'name') where not exists (select from pg_roles where rolname = :'name') \\gexec",
          `alter role :"name" password :'password';`,
          `select format('create database %I owner %I template template0', :'name', :'name') where not exists (select from pg_database where datname = :'name') \\gexec`,
          // Users of other databases have no business here.
          `revoke all on database :"name" from public;`,
        ];
        await sql(context, { name, password }, statement.join('\n'));
        const values = { Host: shown('postgresql.startos'), Port: shown(String(port)), Database: shown(name) };
        const login = { User: shown(name), Password: shown(password, { masked: true }) };
        return answer('The database is there', null, { ...values, ...login });
      },
    },
    'list-databases': {
      name: 'List databases',
      description: 'Each with its size.',
      when: 'only-running',
      async run(context) {
        const query = `select datname || '|' || pg_size_pretty(pg_database_size(datname)) from pg_database where not datistemplate order by 1;`;
        const rows = (await sql(context, {}, query)).split('\n').filter((line) => line !== '');
        const values = rows.map((line) => line.split('|')).map(([name = '', size = '']) => [name, shown(size)]);
        return answer('Databases', null, Object.fromEntries(values));
      },
    },
  },
  backup: ['data'],
});
