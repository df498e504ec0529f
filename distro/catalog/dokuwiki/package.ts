/** DokuWiki, from Debian, with PHP and nginx: a wiki whose pages are plain text files. */
import { type Context, defineService, portListens, webAnswers } from '@hearth/sdk';
import { credentialsOf, keepCredentials, showCredentials } from '../src/credentials.ts';
import { nginxFor, phpPort, phpSettings, toPhp, webPort as port, webUser as user } from '../src/php.ts';

const home = '/data';
const owner = 'owner';
const mounts = { data: home };

type Box = Context<'data', 'main'>;

const nginx = nginxFor(`
root /usr/share/dokuwiki;
index doku.php;
location ~ ^/(data|conf|bin|inc|vendor)/ { return 404; }
location / { try_files $uri $uri/ /doku.php?id=$uri&$args; }
location ~ \\.php$ {
  ${toPhp}
}
`);

const settings = `<?php
$conf['title'] = 'Our wiki';
$conf['license'] = '';
$conf['useacl'] = 1;
$conf['superuser'] = '@admin';
$conf['disableactions'] = 'register';
$conf['updatecheck'] = 0;
`;

const rules = `# acl.auth.php
# <?php exit()?>
*	@ALL	0
*	@user	8
`;

/** One line a person: DokuWiki reads it at every request. The password comes on standard input. */
const setPassword = `
$name = $argv[1];
$path = '/data/lib/acl/users.auth.php';
$password = rtrim(fgets(STDIN), "\\n");
$lines = is_file($path) ? file($path) : ["# users.auth.php\\n", "# <?php exit()?>\\n"];
$lines = array_filter($lines, fn($line) => strpos($line, "$name:") !== 0);
$hash = password_hash($password, PASSWORD_BCRYPT);
$lines[] = "$name:$hash:Owner:owner@example.com:admin,user\\n";
file_put_contents("$path.new", implode('', $lines));
rename("$path.new", $path);
`;

async function tellWiki(context: Box, password: string): Promise<void> {
  const argv = ['php', '-r', setPassword, owner];
  await context.run('main', mounts, argv, { user, input: `${password}\n` });
  await keepCredentials(context, { user: owner, password });
}

export const { manifest, init, uninit, main, createBackup, actions } = defineService({
  about: {
    id: 'dokuwiki',
    title: 'DokuWiki',
    version: '2022.7.31:0',
    releaseNotes: 'DokuWiki of 31 July 2022, "Igor", from Debian 12.',
    license: 'GPL-2.0-only',
    description: {
      short: 'A wiki for the household or the club',
      long: 'DokuWiki is a wiki that needs no database: each page is a text file, every change is kept, and you decide who may read and write. Good for instructions, recipes, minutes and plans.',
    },
    packageRepo: 'https://example.com/hearth/catalog',
    upstreamRepo: 'https://github.com/dokuwiki/dokuwiki',
    marketingUrl: 'https://www.dokuwiki.org',
    donationUrl: 'https://www.dokuwiki.org/donate',
  },
  images: { main: { arch: ['x86_64', 'aarch64'] } },
  volumes: ['data'],
  interfaces: {
    ui: { name: 'Wiki', description: 'Read and write pages', type: 'ui', port, protocol: 'http' },
  },

  async install(context) {
    await context.within('main', mounts, async (subcontainer) => {
      await subcontainer.run(['cp', '-a', '/opt/first/lib', '/opt/first/etc', home]);
      await subcontainer.run(['chown', '-R', `${user}:${user}`, `${home}/etc`, `${home}/lib/lib`]);
      await subcontainer.write(`${home}/etc/local.php`, settings, { user, mode: 0o644 });
      await subcontainer.write(`${home}/lib/acl/acl.auth.php`, rules, { user });
      await subcontainer.run(['rm', '-f', `${home}/lib/acl/users.auth.php`]);
    });
    await tellWiki(context, context.password());
  },
  async prepare({ volumes }) {
    await volumes.data.write('nginx.conf', nginx, 0o644);
    await volumes.data.write('php-fpm.conf', phpSettings, 0o644);
  },

  daemons: {
    php: {
      image: 'main',
      command: ['php-fpm8.2', '--nodaemonize', '--fpm-config', `${home}/php-fpm.conf`],
      mounts,
      ready: {
        name: null,
        check: portListens(phpPort, { success: 'PHP runs', failure: 'PHP does not run' }),
        graceMs: 20_000,
      },
    },
    web: {
      image: 'main',
      command: ['nginx', '-c', `${home}/nginx.conf`, '-g', 'daemon off;'],
      mounts,
      requires: ['php'],
      ready: {
        name: 'Wiki',
        check: webAnswers(port, { success: 'The wiki is open', failure: 'The wiki does not answer' }, '/doku.php'),
        graceMs: 20_000,
      },
    },
  },

  actions: {
    'get-credentials': {
      name: 'Show user and password',
      description: 'Of the owner, who may do everything in the wiki.',
      async run(context) {
        return showCredentials('Log in to the wiki', null, await credentialsOf(context));
      },
    },
    'reset-password': {
      name: 'Make a new password',
      description: "Replaces the owner's password with a new one.",
      warning: 'The old password stops working.',
      async run(context) {
        await tellWiki(context, context.password());
        return showCredentials('The new password', 'It works at once.', await credentialsOf(context));
      },
    },
  },
  askAtInstall: {
    'get-credentials': { severity: 'important', reason: 'You need user and password to open the wiki' },
  },
  backup: [{ volume: 'data', exclude: ['lib/data/cache/*', 'lib/data/locks/*', 'lib/data/tmp/*'] }],
});
