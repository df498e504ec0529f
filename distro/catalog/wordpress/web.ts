/** What nginx serves of WordPress. */
import { nginxFor, toPhp } from '../src/php.ts';

export const content = '/var/lib/wordpress/wp-content';

export const nginx = nginxFor(`
root /usr/share/wordpress;
index index.php;
location = /wp-config.php { return 404; }
location = /xmlrpc.php { return 404; }
# What people uploaded is shown, never run.
location ~ ^/wp-content/uploads/.*\\.ph(p[0-9]?|tml|ar)$ { return 404; }
location ^~ /wp-content/uploads/ { root /var/lib/wordpress; add_header X-Content-Type-Options nosniff; }
location ~ ^/wp-content/.*\\.php$ {
  root /var/lib/wordpress;
  ${toPhp}
}
location /wp-content/ { root /var/lib/wordpress; }
location / { try_files $uri $uri/ /index.php?$args; }
location ~ \\.php$ {
  ${toPhp}
}
`);
