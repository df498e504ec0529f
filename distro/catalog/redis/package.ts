/** Redis, from Debian: fast memory that other services share. */
import { type Context, defineService, programSucceeds } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';

const home = '/var/lib/redis';
const port = 6379;
const user = 'redis';
const mounts = { data: { at: home, owner: user } };

type Box = Context<'data', 'main'>;

const settings = (password: string) => `bind * -::*
port ${port}
dir ${home}
requirepass ${password}
appendonly yes
appendfsync everysec
save 900 1 300 10
maxmemory-policy noeviction
# Nothing of its own making may be loaded or debugged from outside.
enable-protected-configs no
enable-debug-command no
enable-module-command no
`;

const setPassword = (context: Box, password: string) =>
  context.within('main', mounts, (subcontainer) =>
    subcontainer.write(`${home}/redis.conf`, settings(password), { user }),
  );

/** The password is read where it is kept, and reaches the client in its environment. */
const ping = `REDISCLI_AUTH="$(sed -n 's/^requirepass //p' ${home}/redis.conf)" redis-cli ping | grep -q PONG`;

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'redis',
    title: 'Redis',
    version: '7.0.15:0',
    releaseNotes: 'Redis 7.0.15, from Debian 12.',
    license: 'BSD-3-Clause',
    description: {
      short: 'Fast memory that services share',
      long: 'Redis keeps keys and values, lists and queues in memory, writes them to disk as they change, and answers in less than a millisecond. Other services use it; programs of your own reach it encrypted.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/redis/redis',
    marketingUrl: 'https://redis.io',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    server: {
      name: 'Server',
      description: 'For programs that speak Redis over TLS',
      type: 'api',
      port,
      protocol: 'tls',
      scheme: 'rediss',
    },
  },

  async install(context) {
    const password = context.password(32);
    await setPassword(context, password);
    await keepCredentials(context, { user: 'default', password });
  },

  daemons: {
    redis: {
      image: 'main',
      command: ['redis-server', `${home}/redis.conf`],
      user,
      cwd: home,
      mounts,
      ready: {
        name: 'Server',
        check: programSucceeds(['sh', '-c', ping], { success: 'It answers', failure: 'It does not answer' }, { user }),
        graceMs: 60_000,
      },
      stopWithinMs: 60_000,
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show the password',
      description: 'What programs need to log in.',
      async run(context) {
        return showCredentials('Log in to Redis', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: 'Replaces the password with a new one, and restarts the service.',
      warning: 'Programs that have the old password lose their connection.',
      async run(context) {
        const credentials = { user: 'default', password: context.password(32) };
        await setPassword(context, credentials.password);
        await keepCredentials(context, credentials);
        await context.effects.restart();
        return showCredentials('The new password', 'It works as soon as Redis has restarted.', credentials);
      },
    },
  },
  backup: ['data'],
});
