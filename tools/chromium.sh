#!/bin/sh
# Sees to it that the system's Chromium is there for the tests of the HTML report: chromium.sh. Without it they are skipped.
set -eu
line="apt-get install --no-install-recommends chromium"

[ ! -x /usr/bin/chromium ] || exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    echo "installing chromium"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; } > /dev/null 2>&1 || true
fi
[ -x /usr/bin/chromium ] || echo "chromium is missing (sudo $line); the tests of the HTML report in a browser are skipped"
