"""A scripted model that knows the answers, on the ten small programs of tests/agents/known.py: how many are proven and fixed.

    python benchmarks/agents.py [NAME …]

It says what the chain from a lead to a fix can do when the model is right, and nothing about any model.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from agents.known import CASES, Case
from agents.support import Scripted, says, work


def answers(case: Case) -> Scripted:
    """What a model that knows a case says."""
    patch = {"path": f"{case.name}.py", "old": case.old, "new": case.new, "what": "mend it"}
    return Scripted(
        scout=[says(("propose", case.proposal))],
        adversary=[says(("stand", {"stand": "stands", "reason": "nothing checks it"}))],
        prover=[says(("attempt", {"text": case.text, "control": case.control}))] if case.text else [],
        mender=[says(("patch", patch))] if case.old else [],
    )


def main(names: list[str]) -> None:
    """Run them and print the table."""
    fixed = 0
    wanted = [case for case in CASES if not names or case.name in names]
    print(f"{'case':10} {'CWE':6} {'rules':6} {'evidence':10} {'input by':9} {'patch by':18} seconds")
    for case in wanted:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["CASEMATE_HOME"] = f"{folder}/home"
            place = Path(folder) / "target"
            place.mkdir()
            (place / f"{case.name}.py").write_text(case.code)
            (place / f"test_{case.name}.py").write_text(case.tests)
            started = time.monotonic()
            worked = work(place, answers(case))
            took = time.monotonic() - started
        by_rules = sum(finding.lead.rule != "proposed" for finding in worked.report.findings)
        (finding,) = (one for one in worked.report.findings if one.lead.rule == "proposed")
        prover = any(step.role == "prover" for step in worked.steps)
        made = finding.mending.fix if finding.mending is not None else None
        fixed += made is not None
        by = "none" if made is None else made.patch.proposer
        print(
            f"{case.name:10} {case.cwe:<6} {by_rules:<6} {finding.evidence:10} "
            f"{'prover' if prover else 'oracle':9} {by:18} {took:.1f}"
        )
    print(f"{fixed} of {len(wanted)} proven and fixed")


if __name__ == "__main__":
    main(sys.argv[1:])
