#!/usr/bin/env bash
# Builds frontend/dist when a source is newer than the last build.
set -euo pipefail
cd "$(dirname "$0")/../../frontend"
newest=$(find . \( -path ./node_modules -o -path ./dist -o -path ./test-results \) -prune -o -type f -newer dist/.stamp -print -quit 2>/dev/null || echo never)
if [ ! -e dist/.stamp ] || [ ! -e dist/manifest.json ] || [ -n "$newest" ]; then
  npm run build --silent
  touch dist/.stamp
fi
