#!/bin/sh
# Finds and proves the weaknesses of the bundled example: demo.sh CASEMATE PYTHON FOLDER, with the interpreter that the example
# runs on. Exit code 1 says that there are findings, which is the point here.
set -eu
casemate=$1
python=$2
out=$3
mkdir -p "$out"
rm -rf "$out/bank.html" "$out/bank.sarif" "$out/bundles"
sh tools/bubblewrap.sh

"$casemate" hunt examples/bank --python "$python" --output "$out/bank.html" --bundles "$out/bundles" || [ $? -eq 1 ]
"$casemate" scan examples/bank --output "$out/bank.sarif" --quiet || [ $? -eq 1 ]
if [ ! -s "$out/bank.html" ] || [ ! -s "$out/bank.sarif" ]; then
    echo "The hunt wrote no report; see above." >&2
    exit 1
fi
echo
echo "The reports lie in $out/bank.html (open it in a browser) and $out/bank.sarif."
if [ -d "$out/bundles" ]; then
    bundle=$(ls "$out/bundles"/*.casemate | head -n 1)
    echo "See a proof again: $casemate verify $bundle --target examples/bank --python $python"
fi
echo "On your own code: $casemate scan PATH, and to prove what it finds: $casemate hunt PATH"
