#!/bin/sh
# Installs a lock file and the package itself: install.sh VENV LOCK [alone], "alone" for without the package. Wheels only and by hash, so that no set-up code of a
# dependency is run; the package builds with the locked hatchling, not with one fetched for the moment.
set -eu
venv=$1
lock=$2

install() {
    if "$venv/bin/python" -c 'import pip' 2> /dev/null; then
        "$venv/bin/python" -m pip install --quiet "$@"
    else
        # An environment made without ensurepip: the pip of the Python it was made from works on it from outside.
        base=$("$venv/bin/python" -c 'import sys; print(sys._base_executable)')
        "$base" -m pip --python "$venv/bin/python" install --quiet "$@"
    fi
}

echo "installing $lock (wheels only, by hash)"
install --require-hashes --only-binary :all: --requirement "$lock"
[ "${3:-}" = alone ] || install --no-deps --no-build-isolation --editable .
