#!/bin/sh
# Builds a wheel with the engine compiled, and an environment that runs it: native.sh VENV NATIVE. Built in a copy, so that
# no compiled module lies beside the source that somebody edits.
set -eu
venv=$1
native=$2

if ! command -v cc > /dev/null || ! "$venv/bin/python" -c 'import os, sysconfig as s; os.stat(s.get_path("include") + "/Python.h")' 2> /dev/null; then
    echo "a C compiler or Python.h is missing. Next step: apt-get install gcc python3-dev" >&2
    exit 1
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R src pyproject.toml README.md LICENSE "$copy"

echo "compiling the engine (some minutes)"
rm -rf dist
hatchling=$(cd "$venv/bin" && pwd)/hatchling
out=$PWD/dist
(cd "$copy" && HATCH_BUILD_HOOK_ENABLE_MYPYC=1 MYPYPATH=src "$hatchling" build --target wheel --directory "$out")

echo "making $native with $("$venv/bin/python" -V)"
rm -rf "$native"
"$venv/bin/python" -m venv "$native"
"$native/bin/python" -m pip install --quiet --require-hashes --only-binary :all: --requirement requirements/run.txt
"$native/bin/python" -m pip install --quiet --no-deps dist/*.whl

echo "the engine's tests, on the compiled engine"
"$native/bin/casemate" doctor | grep -q ', compiled$' || { echo "nothing was compiled: see the build above" >&2; exit 1; }
site=$("$native/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
PYTHONPATH=$site "$venv/bin/python" -m pytest -q -p no:cacheprovider tests/taint tests/languages tests/leads
ls dist/*.whl
