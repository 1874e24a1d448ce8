#!/usr/bin/env bash
# Takes the pictures of README and guides anew, from a demo of its own, into docs/images.
# SPORTELLO_DEMO=<path of demo.json> uses a demo that already runs.
set -euo pipefail
cd "$(dirname "$0")/../../frontend"
npx playwright test -c e2e/pictures
cd ..
find docs/images -name '*.png' -size +200k -printf 'too large: %p %k kB\n' | { ! grep .; }
du -ch docs/images/*.png
