/**
 * The whole configuration of nginx as one text.
 *
 * Everything that stands in it was made or checked here: nothing a package wrote reaches it but numbers and labels of
 * host names. Two equal inputs give equal texts, so a text that did not change needs no reload.
 */
import { isIPv6 } from 'node:net';
import type { Site, TlsPort } from '../plan/plan.ts';
import { token } from './token.ts';
import { cookieMaps, forServices, servicesCookie } from './cookies.ts';

/** Absolute paths of PEM files. */
export interface CertificateFiles {
  readonly chain: string;
  readonly key: string;
}

export interface ProxyInput {
  /** Where nginx keeps its own: pid file, log, temporary files, pages. */
  readonly folder: string;
  readonly httpsPort: number;
  readonly httpPort: number;
  readonly ipv6: boolean;
  /** Of the kernel's HTTP socket. */
  readonly kernelSocket: string;
  /** nginx's own module for what is not HTTP; needed when there are `tlsPorts`. */
  readonly streamModule: string;
  readonly ui: { readonly names: readonly string[]; readonly certificate: CertificateFiles };
  readonly sites: readonly (Pick<Site, 'names' | 'upstream' | 'service'> & {
    readonly certificate: CertificateFiles;
  })[];
  readonly tlsPorts: readonly TlsPort[];
}

/** Throws `network.unusablePath` for folders whose names nginx cannot read. */
export function nginxConfiguration(input: ProxyInput): string {
  const { folder, tlsPorts } = input;
  return `# Written by Hearth's network plugin; changes are lost.
${tlsPorts.length === 0 ? '' : `load_module ${token.path(input.streamModule)};\n`}worker_processes 2;
worker_shutdown_timeout 1h;
pid ${token.path(`${folder}/nginx.pid`)};
error_log ${token.path(`${folder}/error.log`)} crit;
events {
  worker_connections 1024;
}
http {
${http(input)}
}
${tlsPorts.length === 0 ? '' : stream(input)}`;
}

function http(input: ProxyInput): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${token.path(`${input.folder}/temporary/${name}`)};`)
    .join('\n');
  return `  server_tokens off;
  access_log off;
  types { text/html html; }
  server_names_hash_bucket_size 256;
  server_names_hash_max_size 8192;
  large_client_header_buffers 8 32k;
  client_max_body_size 0;
  client_header_timeout 30s;
  keepalive_timeout 75s;
  sendfile on;
  tcp_nodelay on;
${temporary}
${tls('hearth')}
  map $http_upgrade $hearth_connection { default upgrade; '' ''; }
${cookieMaps}
  proxy_http_version 1.1;
  proxy_connect_timeout 5s;
  proxy_request_buffering off;
  proxy_max_temp_file_size 0;
${uiServers(input)}
${input.sites.map((site, number) => siteServers(site, number, input)).join('\n')}`;
}

function tls(zone: string): string {
  return `  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
  ssl_prefer_server_ciphers off;
  ssl_session_cache shared:${zone}:2m;
  ssl_session_tickets off;`;
}

function listen({ ipv6 }: ProxyInput, port: number, options: string): string {
  return ['', ...(ipv6 ? ['[::]:'] : [])].map((host) => `    listen ${host}${token.port(port)}${options};`).join('\n');
}

function certificate({ chain, key }: CertificateFiles): string {
  return `    ssl_certificate ${token.path(chain)};
    ssl_certificate_key ${token.path(key)};`;
}

const sent = `X-Real-IP $remote_addr
X-Forwarded-For $remote_addr
X-Forwarded-Host $http_host
X-Forwarded-Proto $scheme
X-Forwarded-Port $server_port
Host $http_host
Upgrade $http_upgrade
Connection $hearth_connection`.split('\n');

function headers(indent: string, more: readonly string[] = []): string {
  return [...sent, ...more].map((header) => `${indent}proxy_set_header ${header};`).join('\n');
}

/** Hearth's own page; and what answers names nobody has. */
function uiServers(input: ProxyInput): string {
  const names = input.ui.names.map((name) => token.host(isIPv6(name) ? `[${name}]` : name)).join(' ');
  const socket = token.path(`unix:${input.kernelSocket}`);
  const toKernel = `      proxy_pass http://hearth_kernel;
${headers('      ')}`;
  return `  upstream hearth_kernel { server ${socket} max_fails=0; keepalive 8; }
  server {
${listen(input, input.httpsPort, ' ssl http2 default_server')}
${listen(input, input.httpPort, ' default_server')}
    server_name _;
${certificate(input.ui.certificate)}
    error_page 421 497 =421 /.hearth/unknown.html;
    location / { return 421; }
${page(input, 'unknown.html')}
  }
  server {
${listen(input, input.httpPort, '')}
    server_name ${names};
${rootCertificate(input)}
    location / { return 307 https://$host${portSuffix(input)}$request_uri; }
    error_page 502 504 =503 /.hearth/starting.html;
${page(input, 'starting.html')}
  }
  server {
${listen(input, input.httpsPort, ' ssl http2')}
    server_name ${names};
${certificate(input.ui.certificate)}
    error_page 497 =307 https://$host${portSuffix(input)}$request_uri;
    error_page 502 504 =503 /.hearth/starting.html;
    proxy_read_timeout 120s;
${rootCertificate(input)}
    # As much as the kernel takes; a refusal of its own could meet a body still on its way and be lost.
    client_max_body_size 4m;
    location / {
${toKernel}
    }
    location = /feed {
${toKernel}
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
    }
    location = /upload {
${toKernel}
      client_max_body_size 0;
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
      client_body_timeout 10m;
    }
${page(input, 'starting.html')}
  }`;
}

/** A service behind its host names. Nothing of the owner's session with Hearth goes there. */
function siteServers(site: ProxyInput['sites'][number], number: number, input: ProxyInput): string {
  const names = site.names.map(token.host).join(' ');
  const { address, port, tls: upstreamTls } = site.upstream;
  const upstream = `hearth_site_${number}`;
  // The bridge lets nobody pose as another address, so the address is proof enough of who answers.
  const verification = `    proxy_ssl_verify off;
    proxy_ssl_server_name on;
    proxy_ssl_name ${token.host(`${site.service}.startos`)};
`;
  return `  upstream ${upstream} { server ${token.host(address)}:${token.port(port)} max_fails=0; keepalive 8; }
  server {
${listen(input, input.httpPort, '')}
    server_name ${names};
    location / { return 307 https://$host${portSuffix(input)}$request_uri; }
  }
  server {
${listen(input, input.httpsPort, ' ssl http2')}
    server_name ${names};
${certificate(site.certificate)}
    error_page 497 =307 https://$host${portSuffix(input)}$request_uri;
    error_page 502 504 =503 /.hearth/stopped.html;
    client_body_timeout 10m;
    send_timeout 10m;
${upstreamTls ? verification : ''}    location / {
      proxy_pass ${upstreamTls ? 'https' : 'http'}://${upstream};
${headers('      ', [`Cookie ${servicesCookie}`, ...forServices])}
      proxy_buffering off;
      proxy_buffer_size 64k;
      proxy_buffers 4 64k;
      proxy_read_timeout 1h;
      proxy_send_timeout 1h;
      proxy_redirect http://$http_host/ https://$http_host/;
      proxy_cookie_domain ~. $host;
    }
${page(input, 'stopped.html')}
  }`;
}

/** A page nginx serves by itself; only `error_page` leads to it. */
function page({ folder }: ProxyInput, name: string): string {
  return `    location = /.hearth/${name} {
      internal;
      default_type text/html;
      alias ${token.path(`${folder}/pages/${name}`)};
      add_header Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" always;
      add_header X-Content-Type-Options nosniff always;
      add_header Referrer-Policy no-referrer always;
      add_header Cache-Control no-store always;
    }`;
}

/** As a file: whoever is to trust the server gets it also while the kernel is down. */
function rootCertificate({ folder }: ProxyInput): string {
  return `    location = /ca.crt {
      types { }
      default_type application/x-x509-ca-cert;
      alias ${token.path(`${folder}/pages/ca.crt`)};
      add_header Content-Disposition 'attachment; filename="hearth-ca.crt"' always;
      add_header X-Content-Type-Options nosniff always;
      add_header Cache-Control no-store always;
    }`;
}

function portSuffix({ httpsPort }: ProxyInput): string {
  return httpsPort === 443 ? '' : `:${token.port(httpsPort)}`;
}

function stream(input: ProxyInput): string {
  const servers = input.tlsPorts.map(
    ({ port, upstream }) => `  server {
${listen(input, port, ' ssl')}
${certificate(input.ui.certificate)}
    proxy_connect_timeout 5s;
    proxy_timeout 1h;
    proxy_pass ${token.host(upstream.address)}:${token.port(upstream.port)};${upstream.tls ? '\n    proxy_ssl on;' : ''}
  }`,
  );
  return `stream {
${tls('hearth_stream')}
${servers.join('\n')}
}
`;
}
