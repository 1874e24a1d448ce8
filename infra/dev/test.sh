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
# On a gate's starved machine a package that failed is tried once more by itself, and named; twice is a failure.
go_tests() {
  local log again
  log=$(mktemp)
  go test -race -timeout 25m ./... 2>&1 | tee "$log"
  [ "${PIPESTATUS[0]}" = 0 ] && return 0
  again=$(sed -n 's/^FAIL\t\([^ \t]*\)\t.*/\1/p' "$log")
  if [ -z "${CI:-}" ] || [ -z "$again" ] || grep -q '\[build failed\]\|\[setup failed\]' "$log"; then return 1; fi
  printf '\n== once more: %s\n' "$again"
  # shellcheck disable=SC2086 # package names have no spaces
  go test -race -count=1 -p 1 -timeout 25m $again
}
case $what in all | go) part 'Go, with the race detector' go_tests ;; esac
case $what in all | front)
  part 'front end: types' npm --prefix frontend run check --silent
  part 'front end: units' npm --prefix frontend test --silent ;;
esac
case $what in all | browser) part 'journeys in Chromium' npm --prefix frontend run e2e --silent ;; esac
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
