#!/bin/sh
# Writes one lock file: lock.sh FILE ARGUMENTS… One file for all supported interpreters, every wheel by its hash.
set -eu
out=$1
shift
echo "resolving $out"
UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --upgrade --universal --python-version 3.11 \
    --generate-hashes --only-binary :all: --output-file "$out" "$@"
