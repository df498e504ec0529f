/** What nginx and PHP read at their start. */

export const webPort = 8080;
export const phpPort = 9000;
export const content = '/var/lib/wordpress/wp-content';
export const webUser = 'www-data';

export const nginx = `user ${webUser};
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
    root /usr/share/wordpress;
    index index.php;
    location ~ /\\. { return 404; }
    location = /wp-config.php { return 404; }
    location = /xmlrpc.php { return 404; }
    # What people uploaded is shown, never run.
    location ~ ^/wp-content/uploads/.*\\.ph(p[0-9]?|tml|ar)$ { return 404; }
    location ^~ /wp-content/uploads/ { root /var/lib/wordpress; add_header X-Content-Type-Options nosniff; }
    location ~ ^/wp-content/.*\\.php$ {
      root /var/lib/wordpress;
      try_files $uri =404;
      include /etc/nginx/fastcgi_params;
      # With its port, which Debian's parameters leave out; Hearth's proxy lets only names of this service through.
      fastcgi_param HTTP_HOST $http_host;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass 127.0.0.1:${phpPort};
    }
    location /wp-content/ { root /var/lib/wordpress; }
    location / { try_files $uri $uri/ /index.php?$args; }
    location ~ \\.php$ {
      try_files $uri =404;
      include /etc/nginx/fastcgi_params;
      # With its port, which Debian's parameters leave out; Hearth's proxy lets only names of this service through.
      fastcgi_param HTTP_HOST $http_host;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_read_timeout 300s;
      fastcgi_pass 127.0.0.1:${phpPort};
    }
  }
}
`;

export const php = `[global]
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
