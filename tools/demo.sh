#!/bin/sh
# Scans the bundled example: demo.sh CASEMATE FOLDER. Exit code 1 says that there are findings, which is the point here.
set -eu
casemate=$1
out=$2
mkdir -p "$out"
rm -f "$out/bank.sarif" "$out/bank.json"

"$casemate" scan examples/bank --output "$out/bank.sarif" || [ $? -eq 1 ]
"$casemate" scan examples/bank --output "$out/bank.json" --quiet || [ $? -eq 1 ]
if [ ! -s "$out/bank.sarif" ] || [ ! -s "$out/bank.json" ]; then
    echo "The scan wrote no report; see above." >&2
    exit 1
fi
echo
echo "The reports lie in $out/bank.sarif and $out/bank.json."
echo "On your own code: $casemate scan PATH"
