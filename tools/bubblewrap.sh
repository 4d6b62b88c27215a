#!/bin/sh
# Sees to it that bubblewrap is there, the sandbox that proofs run in: bubblewrap.sh. Without it its tests are skipped.
set -eu
line="apt-get install --no-install-recommends bubblewrap"

command -v bwrap > /dev/null && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    echo "installing bubblewrap"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends bubblewrap; } > /dev/null 2>&1 || true
fi
command -v bwrap > /dev/null || echo "bubblewrap is missing (sudo $line); the tests of that sandbox are skipped"
