#!/usr/bin/env bash
# Make sure that there is a Chromium for the browser tests: install Debian's, or say how to get one.
#
# Never fails: without a browser those tests are skipped, and pytest's summary says so.
set -euo pipefail

if [ -n "${CHROMIUM_PATH:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests."
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
    then
        exit 0
    fi
fi
cat >&2 <<'TEXT'
There is no Chromium, so the browser tests will be skipped. To run them, install one:
    apt-get install chromium        (Debian and its relatives, as root)
or name one that you have: CHROMIUM_PATH=... make test
TEXT
