"""Proven findings, and what shows them again: for tests of bundles and of reports."""

import json
from dataclasses import replace

from casemate.evidence.bundle import seal
from casemate.evidence.identity import rank
from casemate.evidence.verdicts import sealed as sealed_report
from casemate.model.proof import Exhibit, Fidelity, Observer, Proof, ProofKind, Result, Verdict
from tests.evidence.support import bank, lead_of


def as_json(**value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def exhibit(**changes):
    """Five runs and their controls, of a target that says a password in what it answers."""
    words = [(f"cm{n}k{n}", f"ok{n}k{n}") for n in range(1, 6)]
    steps = [{"path": "backoffice/settlement/runner.py", "line": 88, "column": 9, "role": "sink", "note": "runs it"}]
    return Exhibit(
        **{
            "settings": as_json(driver="function", watch=["process"]),
            "cases": tuple(
                as_json(canary=canary, calm=calm, payload={"text": ";{canary};"}, steps=steps) for canary, calm in words
            ),
            "controls": tuple(
                as_json(canary=canary, calm=calm, payload={"text": "{calm}"}, steps=steps) for canary, calm in words
            ),
            "reports": (as_json(events=[], passed=1, returned="settle --password hunter2 {canary}"),) * 5,
            "python": "3.12.1",
            "sandbox": "bubblewrap 0.8.0",
            "sources": (("backoffice/settlement/runner.py", "ab" * 32),),
            **changes,
        }
    )


def proof(**changes):
    return Proof(
        **{
            "oracle": "command",
            "kind": ProofKind.CANARY,
            "observer": Observer.OUTSIDE,
            "fidelity": Fidelity.PUBLIC_API,
            "happened": "a program named in the input was run",
            "runs": 5,
            "stubs": ("mainframe",),
            **changes,
        }
    )


def proven_finding(finding=None, **changes):
    """A finding with a verdict, by default one of the bank's; changes: of its proof."""
    verdict = Verdict(result=Result.PROVEN, executions=23, proof=proof(**changes))
    return replace(finding or lead_of(bank(), "command-injection"), verdict=verdict)


def sealed():
    """A proven finding with its verdict, and the bytes of its bundle."""
    return seal(proven_finding(), exhibit(), "0.1.0")


def hunted_bank():
    """The bank after a hunt: one proven, one not triggered, one that could not be loaded, one not examined; and the bundles."""
    report = bank()
    found = proven_finding()
    ends = {
        "command-injection": found.verdict,
        "sql-injection": Verdict(
            result=Result.NOT_TRIGGERED, detail="driven 40 times, and no oracle fired", executions=40
        ),
        "path-traversal": Verdict(result=Result.MISSING, detail="there is no module 'mainframe'", executions=1),
        "unsafe-deserialization": Verdict(result=Result.NOT_EXAMINED, detail="no driver reaches it"),
        "xss": None,
    }
    findings = (replace(finding, verdict=ends[finding.lead.rule]) for finding in report.findings)
    report = replace(report, findings=tuple(sorted(findings, key=rank)))
    return sealed_report(report, {found.identity: exhibit()})
