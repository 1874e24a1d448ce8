#!/usr/bin/env bash
# Installs what a bare Debian machine lacks to build, run and test Sportello. Asks nothing, starts no service,
# does nothing the second time. Usage: setup.sh demo | test
set -euo pipefail
want=${1:?demo or test}
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
mkdir -p .bin

say() { printf '\033[1m== %s\033[0m\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi
}

for tool in go node npm; do
  command -v "$tool" >/dev/null || { echo "Manca $tool / missing $tool: install Go 1.26+, Node 20+ and npm, then try again." >&2; exit 1; }
done

packages=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages+=(postgresql)
command -v redis-server >/dev/null || packages+=(redis-server)
command -v pdftoppm >/dev/null || packages+=(poppler-utils)
command -v bwrap >/dev/null || packages+=(bubblewrap) # PDFs are rendered in it
command -v curl >/dev/null || packages+=(curl)
if [ "$want" = test ]; then
  command -v chromium >/dev/null || packages+=(chromium)
  command -v wrk >/dev/null || packages+=(wrk)
  command -v gcc >/dev/null || packages+=(gcc libc6-dev)
fi
if [ ${#packages[@]} -gt 0 ]; then
  say "Debian packages: ${packages[*]}"
  # The packages would start services and make a database of their own; this product starts its own beside them.
  policy=/usr/sbin/policy-rc.d made_policy=
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    made_policy=yes
  fi
  if [ ! -e /etc/postgresql-common/createcluster.d ]; then
    as_root install -d /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/no-main-cluster.conf >/dev/null
  fi
  finish() { [ -z "$made_policy" ] || as_root rm -f $policy; }
  trap finish EXIT
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Options::=--force-confold "${packages[@]}" >/dev/null
fi

# A stamp names what was installed, so that the second time needs neither the network nor waiting.
lock=$(sha256sum frontend/package-lock.json | cut -c1-16)
if [ "$(cat frontend/node_modules/.sportello-stamp 2>/dev/null || true)" != "$lock" ]; then
  say "Node packages"
  (cd frontend && PUPPETEER_SKIP_DOWNLOAD=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error)
  echo "$lock" > frontend/node_modules/.sportello-stamp
fi

stamp=$(sha256sum infra/livekit/go.sum | cut -c1-16)
if [ ! -x .bin/livekit-server ] || [ "$(cat .bin/livekit-server.stamp 2>/dev/null || true)" != "$stamp" ]; then
  say "LiveKit server (a few minutes, once)"
  (cd infra/livekit && go build -ldflags '-s -w' -o ../../.bin/livekit-server github.com/livekit/livekit-server/cmd/server)
  echo "$stamp" > .bin/livekit-server.stamp
fi
