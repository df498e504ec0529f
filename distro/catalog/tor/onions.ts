/** Onion addresses and their keys: made, kept and shown by programs of the image, as Tor's own user. */
import { type AnyContext, type Context, type InterfacePlace, model } from '@hearth/sdk';

export const home = '/var/lib/tor';
export const user = 'debian-tor';
export const mounts = { data: { at: home, owner: user } };
export const controlPort = 9051;

/** By address: which port of which service it leads to, and the port people see. */
export const onionsModel = model.object({
  onions: model.table(
    model.object({
      packageId: model.text(),
      hostId: model.text(),
      internalPort: model.number(),
      port: model.number(),
      encrypted: model.flag(),
    }),
  ),
});

type Box = Pick<Context<'data', 'main'>, 'run'>;

const shell = ({ run }: Box, script: string, options: { input?: string; env?: Record<string, string> } = {}) =>
  run('main', mounts, ['sh', '-ec', script], { user, cwd: home, ...options });

/**
 * Tor itself makes the key, without a network: it knows best which keys are good. A key that is handed in is taken, and
 * what belongs to it is worked out. The key goes by standard input, never by a command line.
 */
const make = `umask 077
IFS= read -r key || true
mkdir -p onions
new=$(mktemp -d onions/new-XXXXXX)
scratch=$(mktemp -d)
trap 'rm -rf "$new" "$scratch"' EXIT
if [ -n "$key" ]; then
  printf %s "$key" | base64 -d > "$new/hs_ed25519_secret_key"
  [ "$(head -c 29 "$new/hs_ed25519_secret_key")" = '== ed25519v1-secret: type0 ==' ] || { echo 'This is no key of an onion address' >&2; exit 1; }
fi
tor --quiet -f /dev/null --ignore-missing-torrc --defaults-torrc /dev/null --DisableNetwork 1 --SocksPort 0 --DataDirectory "$scratch" \\
  --HiddenServiceDir "$PWD/$new" --HiddenServicePort 80 &
tor=$!
for turn in $(seq 200); do
  [ -s "$new/hostname" ] && break
  kill -0 $tor 2>/dev/null || break
  sleep 0.1
done
kill $tor 2>/dev/null || true
wait $tor || true
name=$(cat "$new/hostname")
[ ! -e "onions/$name" ] || { echo "There is already an interface at $name" >&2; exit 1; }
mv -T "$new" "onions/$name"
printf %s "$name"`;

/** @param key in base64, as `showKey` tells it; empty for a new one @returns `....onion` */
export async function makeOnion(context: Box, key: string): Promise<string> {
  return (await shell(context, make, { input: `${key}\n` })).trim();
}

/** In base64: what Tor keeps in `hs_ed25519_secret_key`. */
export async function keyOf(context: Box, hostname: string): Promise<string> {
  return (
    await shell(context, 'base64 -w0 "onions/$ONION/hs_ed25519_secret_key"', { env: { ONION: hostname } })
  ).trim();
}

/** Asks Tor itself, over the control port that only this service sees; the cookie proves who asks. */
const control = `use strict; use IO::Socket::INET; $| = 1;
open my $file, '<:raw', '${home}/tor/control_auth_cookie' or die "down\\n";
my $cookie = do { local $/; unpack 'H*', <$file> };
my $tor = IO::Socket::INET->new(PeerAddr => '127.0.0.1:${controlPort}', Timeout => 5) or die "down\\n";
$/ = "\\r\\n";
for my $command ("AUTHENTICATE $cookie", @ARGV) {
  print $tor "$command\\r\\n";
  while (my $line = <$tor>) { chomp $line; die "$line\\n" if $line =~ /^[45]/; print "$line\\n"; last if $line =~ /^\\d{3} / }
}`;

export const controlArgv = (...commands: string[]): readonly string[] => ['perl', '-e', control, ...commands];

/** Has Tor read its settings anew. One that is down reads them when it starts. */
export async function reload(context: Box): Promise<void> {
  await shell(context, 'perl -e "$CONTROL" "SIGNAL RELOAD" || true', { env: { CONTROL: control } });
}

/** @throws what Tor says of the first setting it does not take */
export async function refuseWrongSettings(context: Box, settings: string): Promise<void> {
  const look = `cat > /tmp/torrc
tor -f /tmp/torrc --defaults-torrc /dev/null --verify-config > /tmp/said 2>&1 && exit 0
grep -m1 -o '\\[\\(warn\\|err\\)\\].*' /tmp/said >&2; exit 1`;
  await shell(context, look, { input: settings });
}

/** The scheme an interface has with people, and where its port is. */
export async function faceOf(
  { effects }: Pick<AnyContext, 'effects'>,
  { packageId, hostId, internalPort, interfaceId }: InterfacePlace,
): Promise<{ readonly encrypted: boolean; readonly port: number } | null> {
  const binding = (await effects.getHostInfo({ packageId, hostId }))?.bindings[String(internalPort)];
  const face = binding?.interfaces[interfaceId]?.addressInfo;
  const here = binding?.addresses.available.find(({ metadata }) => metadata.gateway === 'lxcbr0');
  if (binding?.enabled !== true || face === undefined || here === undefined) return null;
  const scheme = here.ssl ? face.sslScheme : face.scheme;
  const usual: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };
  return { encrypted: here.ssl, port: usual[scheme ?? ''] ?? internalPort };
}
