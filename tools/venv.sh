#!/bin/sh
# Makes the virtual environment with the newest supported Python at hand: venv.sh VENV [PYTHON]
set -eu
venv=$1
python=${2:-}

supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2> /dev/null
}

if [ -z "$python" ]; then
    for name in python3.13 python3.12 python3.11 python3; do
        if supported "$name"; then
            python=$name
            break
        fi
    done
fi
if [ -z "$python" ] || ! supported "$python"; then
    echo "Python 3.11, 3.12 or 3.13 is needed, found ${python:-none}. Next step: apt-get install python3 python3-venv," >&2
    echo "or name one: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
fi

# Debian and Ubuntu ship ensurepip in a package of its own for each minor version.
has_ensurepip() {
    "$python" -c 'import ensurepip, venv' 2> /dev/null
}
package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
if ! has_ensurepip && [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null; then
    echo "installing $package"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends "$package"; } > /dev/null 2>&1 || true
fi

options=
if ! has_ensurepip; then
    if ! "$python" -c 'import pip, venv' 2> /dev/null; then
        echo "$package is missing. Next step: sudo apt-get install $package" >&2
        exit 1
    fi
    echo "$package is missing (sudo apt-get install $package); going on with the system's pip"
    options=--without-pip
fi

echo "making $venv with $("$python" -V)"
rm -rf "$venv"
"$python" -m venv $options "$venv"
