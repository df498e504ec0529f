/** WordPress itself: its settings file, and what is done with its own functions. */
import { type Box, socket } from './database.ts';
import { webUser } from '../src/php.ts';

export const settings = '/settings';
export const siteMounts = {
  data: settings,
  files: { at: '/var/lib/wordpress/wp-content', owner: webUser },
  sockets: '/sockets',
} as const;

const saltNames = ['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'].flatMap((name) => [`${name}_KEY`, `${name}_SALT`]);

/** The address is the one the visitor used: Hearth's proxy lets only names of this service through. */
export const configuration = (secret: () => string): string => `<?php
$hearth_host = preg_replace('/[^a-zA-Z0-9.:-]/', '', $_SERVER['HTTP_HOST'] ?? 'localhost');
define('WP_HOME', 'https://' . $hearth_host);
define('WP_SITEURL', 'https://' . $hearth_host);
define('DB_NAME', 'wordpress');
define('DB_USER', '${webUser}');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:${socket}');
define('DB_CHARSET', 'utf8mb4');
${saltNames.map((name) => `define('${name}', '${secret()}');`).join('\n')}
define('WP_AUTO_UPDATE_CORE', false);
define('DISABLE_WP_CRON', true);
define('FS_METHOD', 'direct');
define('WP_MEMORY_LIMIT', '256M');
`;

const load = `$_SERVER['HTTP_HOST'] = 'localhost'; $told = json_decode(stream_get_contents(STDIN), true);`;

const install = `define('WP_INSTALLING', true); ${load}
require '/usr/share/wordpress/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install($told['title'], $told['user'], 'owner@example.com', false, '', $told['password']);
update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
update_option('default_pingback_flag', 0);
update_option('blog_public', 0);
flush_rewrite_rules(false);`;

const setPassword = `${load}
require '/usr/share/wordpress/wp-load.php';
$user = get_user_by('login', $told['user']);
if (!$user) { fwrite(STDERR, 'There is no user of this name'); exit(1); }
wp_set_password($told['password'], $user->ID);`;

/** Pages that were planned for later, mails, clean-up: WordPress looks every minute. */
export const clock = [
  'sh',
  '-c',
  `while :; do php -r '$_SERVER["HTTP_HOST"] = "localhost"; require "/usr/share/wordpress/wp-cron.php";'; sleep 60; done`,
];

async function withWordpress(context: Box, script: string, told: Readonly<Record<string, string>>): Promise<void> {
  const input = JSON.stringify(told);
  await context.within('main', siteMounts, (inside) =>
    inside.run(['php', '-d', 'display_errors=stderr', '-r', script], { user: webUser, input }, 120_000),
  );
}

interface Owner {
  readonly user: string;
  readonly password: string;
}

export const installSite = (context: Box, owner: Owner) =>
  withWordpress(context, install, { title: 'Our site', ...owner });

/** Only while the database runs. */
export const changePassword = (context: Box, owner: Owner) => withWordpress(context, setPassword, { ...owner });
