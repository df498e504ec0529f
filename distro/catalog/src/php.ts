/** nginx and PHP in one container, for services written in PHP. */

export const webPort = 8080;
export const webUser = 'www-data';
export const phpPort = 9000;

/** What stands in a location whose requests PHP answers. */
export const toPhp = `try_files $uri =404;
  include /etc/nginx/fastcgi_params;
  # With its port, which Debian's parameters leave out; Hearth's proxy lets only names of this service through.
  fastcgi_param HTTP_HOST $http_host;
  fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
  fastcgi_read_timeout 300s;
  fastcgi_pass 127.0.0.1:${phpPort};`;

/** nginx's settings; `site` is what is particular: root, index and locations. */
export const nginxFor = (site: string): string => `user ${webUser};
worker_processes 1;
pid /run/nginx.pid;
error_log stderr warn;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  server_tokens off;
  client_max_body_size 256m;
  absolute_redirect off;
  server {
    listen ${webPort};
    location ~ /\\. { return 404; }
    ${site.trim().replaceAll('\n', '\n    ')}
  }
}
`;

/** PHP's settings: no worker while nobody asks. */
export const phpSettings = `[global]
error_log = /proc/self/fd/2
daemonize = no
[www]
user = ${webUser}
group = ${webUser}
listen = 127.0.0.1:${phpPort}
pm = ondemand
pm.max_children = 8
pm.process_idle_timeout = 60s
catch_workers_output = yes
php_admin_value[upload_max_filesize] = 256M
php_admin_value[post_max_size] = 256M
php_admin_value[memory_limit] = 256M
php_admin_value[expose_php] = off
`;
