#!/usr/bin/env bash
# Builds a tool at its pinned version into .bin, once.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p .bin
case $1 in
  golangci-lint) module=github.com/golangci/golangci-lint/v2 package=cmd/golangci-lint version=v2.15.0 ;;
  govulncheck) module=golang.org/x/vuln package=cmd/govulncheck version=v1.1.4 ;;
  *) echo "unknown tool $1" >&2; exit 1 ;;
esac
if [ "$(cat ".bin/$1.version" 2>/dev/null || true)" != "$version" ]; then
  echo "== building $1 $version"
  GOBIN=$PWD/.bin go install "$module/$package@$version"
  echo "$version" > ".bin/$1.version"
fi
