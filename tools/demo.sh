#!/bin/sh
# Scans the bundled example: demo.sh CASEMATE FOLDER. Exit code 1 says that there are findings, which is the point here.
set -eu
casemate=$1
out=$2
mkdir -p "$out"
rm -f "$out/bank.html" "$out/bank.sarif"

"$casemate" scan examples/bank --output "$out/bank.html" || [ $? -eq 1 ]
"$casemate" scan examples/bank --output "$out/bank.sarif" --quiet || [ $? -eq 1 ]
if [ ! -s "$out/bank.html" ] || [ ! -s "$out/bank.sarif" ]; then
    echo "The scan wrote no report; see above." >&2
    exit 1
fi
echo
echo "The reports lie in $out/bank.html (open it in a browser) and $out/bank.sarif."
echo "On your own code: $casemate scan PATH"
