/** What Synapse reads at its start. */

export const home = '/var/lib/matrix-synapse';
export const port = 8008;
export const database = 'synapse';

export interface Homeserver {
  /** What stands behind the colon of everybody's address. */
  readonly domain: string;
  /** Where programs reach it. */
  readonly url: string;
  readonly secrets: {
    readonly database: string;
    /** Who knows it may add people. */
    readonly registration: string;
    readonly tokens: string;
    readonly forms: string;
  };
}

/** JSON, which is YAML too. Hearth's proxy ends TLS in front of it. */
export function configuration({ domain, url, secrets }: Homeserver): string {
  return JSON.stringify({
    server_name: domain,
    public_baseurl: `${url}/`,
    pid_file: `${home}/homeserver.pid`,
    listeners: [
      { port, bind_addresses: ['0.0.0.0'], type: 'http', x_forwarded: true, resources: [{ names: ['client'] }] },
    ],
    database: {
      name: 'psycopg2',
      // The database sorts by code points, which is what Synapse wants; it only knows that order by another name.
      allow_unsafe_locale: true,
      args: {
        ...{ host: 'postgresql.startos', port: 5432, dbname: database, user: database, password: secrets.database },
        ...{ cp_min: 1, cp_max: 5, keepalives_idle: 30 },
      },
    },
    log_config: `${home}/log.yaml`,
    media_store_path: `${home}/media`,
    max_upload_size: '100M',
    signing_key_path: `${home}/signing.key`,
    registration_shared_secret: secrets.registration,
    macaroon_secret_key: secrets.tokens,
    form_secret: secrets.forms,
    enable_registration: false,
    report_stats: false,
    // A server for the people of one home: it talks to no other.
    federation_domain_whitelist: [],
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    presence: { enabled: true },
    url_preview_enabled: false,
    rc_login: { address: { per_second: 0.5, burst_count: 20 } },
  });
}

export const logging = JSON.stringify({
  version: 1,
  formatters: { plain: { format: '%(levelname)s %(name)s: %(message)s' } },
  handlers: { console: { class: 'logging.StreamHandler', formatter: 'plain' } },
  root: { level: 'WARNING', handlers: ['console'] },
  loggers: { 'synapse.storage.SQL': { level: 'WARNING' } },
  disable_existing_loggers: false,
});
