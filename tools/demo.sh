#!/bin/sh
# Finds, proves and fixes the weaknesses of the bundled example: demo.sh CASEMATE PYTHON FOLDER, with the interpreter that the
# example runs on. The patches are applied to a copy, whose own tests then run. Exit code 1 of a hunt says that there are findings,
# which is the point here.
set -eu
casemate=$1
python=$2
out=$3
mkdir -p "$out"
rm -rf "$out/bank.html" "$out/bank.sarif" "$out/bundles" "$out/patches" "$out/mended"
sh tools/bubblewrap.sh

"$casemate" hunt examples/bank --python "$python" --output "$out/bank.html" --bundles "$out/bundles" \
    --patches "$out/patches" || [ $? -eq 1 ]
"$casemate" scan examples/bank --output "$out/bank.sarif" --quiet || [ $? -eq 1 ]
if [ ! -s "$out/bank.html" ] || [ ! -s "$out/bank.sarif" ]; then
    echo "The hunt wrote no report; see above." >&2
    exit 1
fi
echo
if ls "$out/patches"/*.patch > /dev/null 2>&1; then
    cp -r examples/bank "$out/mended"
    series=$(cd "$out/patches" && pwd)
    # A patch names its files from the root of the repository that the example lies in.
    strip=$((1 + $(git -C examples/bank rev-parse --show-prefix 2> /dev/null | tr -cd / | wc -c)))
    git="git -C $out/mended -c user.name=demo -c user.email=demo@localhost -c commit.gpgsign=false"
    $git init -q
    $git add .
    $git commit -q -m "The example as it is"
    $git am -q -p$strip "$series"/*.patch
    echo "$(ls "$series"/*.patch | wc -l) patches are applied to a copy in $out/mended; its own tests:"
    (cd "$out/mended" && "$(cd "$OLDPWD" && cd "$(dirname "$python")" && pwd)/$(basename "$python")" -m pytest -q)
fi
echo
echo "The reports lie in $out/bank.html (open it in a browser) and $out/bank.sarif."
if [ -d "$out/bundles" ]; then
    bundle=$(ls "$out/bundles"/*.casemate | head -n 1)
    echo "See a proof again: $casemate verify $bundle --target examples/bank --python $python"
fi
echo "On your own code: $casemate scan PATH; to prove and fix what it finds: $casemate hunt PATH, then $casemate fix --target PATH"
if [ -d "$out/bundles" ]; then
    receipt=${bundle%.casemate}.receipt
    echo
    echo "All of it is in the ledger. Its checkpoint, to be handed out:"
    "$casemate" ledger checkpoint
    echo "That the ledger recorded the first proof, verified:"
    "$casemate" ledger receipt "$receipt" --bundle "$bundle"
fi
