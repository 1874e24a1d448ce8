#!/usr/bin/env bash
# Checks what we link against the Go vulnerability database. The database is, in this order: $GOVULNDB; an archive
# govulndb*.tar.xz in a folder beside the checkout (for closed networks); the public one.
set -euo pipefail
cd "$(dirname "$0")/../.."
db=${GOVULNDB:-}
if [ -z "$db" ]; then
  archive=$(find .. -maxdepth 4 -name 'govulndb*.tar.xz' -not -path '*/node_modules/*' -print -quit 2>/dev/null || true)
  if [ -n "$archive" ]; then
    rm -rf .bin/govulndb && mkdir -p .bin/govulndb && tar -xJf "$archive" -C .bin/govulndb
    index=$(find .bin/govulndb -path '*index/db.json' -print -quit)
    db=file://$PWD/${index%/index/db.json}
    echo "offline database of $(sed -n 's/.*"modified":"\([^"]*\)".*/\1/p' "$index")"
  fi
fi
if [ -z "$db" ] && ! curl -fsS -m 10 -o /dev/null https://vuln.go.dev/index/db.json; then
  echo 'NOT CHECKED: the vulnerability database is out of reach. Set GOVULNDB, or put its archive beside the checkout.' >&2
  exit 0
fi
.bin/govulncheck ${db:+-db "$db"} ./...
(cd infra/livekit && ../../.bin/govulncheck ${db:+-db "$db"} github.com/livekit/livekit-server/cmd/server) || {
  echo "the LiveKit server's own findings are listed above and in docs/dependencies.md" >&2
}
