"""Run by the tests on an interpreter of the target's: loads the application in this folder, drives the cases that come by stdin,
and prints what happened, all as JSON. Nothing else may be printed."""

import json
import os
import sys
from pathlib import Path


def main():
    from casemate.proofs.runtime.web import driver as web

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    told = json.load(sys.stdin)
    site = web.load({"target": str(Path.cwd()), "apps": told.get("apps")})
    results = []
    for case in told["cases"]:
        variants = [case["variant"]] if case.get("variant") else web.variants(site, case)
        results.append([{"variant": v, **web.drive(site, v, case["value"])} for v in variants[: case.get("most", 1)]])
    json.dump({"problems": site.problems, "apps": [[a.name, a.fidelity] for a in site.apps], "results": results}, out)


main()
