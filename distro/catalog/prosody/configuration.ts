/** What Prosody reads at its start. */

export interface Site {
  /** What stands behind the @ of everybody's address. */
  readonly domain: string;
  /** Where browsers and programs reach the web port: `https://prosody.hearth.local`. */
  readonly url: string;
}

export const home = '/var/lib/prosody';
export const clientPort = 5222;
export const webPort = 5280;

/** Hearth's proxy ends TLS in front of both ports; from there to here nothing leaves the machine. */
export const configuration = ({ domain, url }: Site): string => `pidfile = "${home}/prosody.pid"
data_path = "${home}/data"
plugin_paths = {}
network_backend = "event"
log = { { levels = { min = "info" }, to = "console" } }

modules_enabled = {
  "disco", "roster", "saslauth", "posix", "register", "blocklist", "bookmarks", "carbons", "pep", "private", "smacks",
  "vcard4", "vcard_legacy", "csi_simple", "mam", "offline", "ping", "time", "uptime", "version", "limits",
  "bosh", "websocket", "http"
}
-- A server for the people of one home: it talks to no other.
modules_disabled = { "s2s" }
s2s_ports = {}
c2s_ports = { ${clientPort} }
c2s_direct_tls_ports = {}
http_ports = { ${webPort} }
https_ports = {}
interfaces = { "*" }
-- Unlike the other ports, this one is for the machine itself alone unless told.
http_interfaces = { "*" }

c2s_require_encryption = false
consider_bosh_secure = true
consider_websocket_secure = true
-- Passwords are never sent as they are, and never kept as they are.
allow_unencrypted_plain_auth = false
authentication = "internal_hashed"
storage = "internal"
allow_registration = false
archive_expires_after = "1y"
limits = { c2s = { rate = "256kb/s", burst = "4s" } }

http_default_host = "${domain}"
http_external_url = "${url}/"

VirtualHost "${domain}"

Component "rooms.${domain}" "muc"
  name = "Rooms"
  modules_enabled = { "muc_mam" }
  restrict_room_creation = "local"

Component "files.${domain}" "http_file_share"
  http_host = "${domain}"
  http_file_share_size_limit = 100 * 1024 * 1024
  http_file_share_daily_quota = 1024 * 1024 * 1024
  http_file_share_expires_after = 365 * 24 * 60 * 60
`;
