#!/usr/bin/env bash
# Runs the tests: test.sh [go|front|browser], all without an argument. Prints one closing line.
set -uo pipefail
cd "$(dirname "$0")/../.."
what=${1:-all}
passed=0 failed=0
part() {
  printf '\n== %s\n' "$1"; shift
  if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
case $what in all | go) part 'Go, with the race detector' go test -race -timeout 25m ./... ;; esac
case $what in all | front)
  part 'front end: types' npm --prefix frontend run check --silent
  part 'front end: units' npm --prefix frontend test --silent ;;
esac
case $what in all | browser) part 'journeys in Chromium' npm --prefix frontend run e2e --silent ;; esac
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
