"""The session holds the input as it came, as a value or as the name of one."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS
from casemate.proofs.oracle import Oracle, Run


def judge(run: Run) -> str:
    """The canary stands in the session after the finding's line ran, where the control's word stood before."""
    if run.calm is None or not run.seen.passed:
        return ""
    word, calm = run.words.canary, run.words.calm
    if any(word in key for key in run.seen.session) and any(calm in key for key in run.calm.session):
        return "the input named an entry of the session"
    for key, value in run.seen.session.items():
        if word in value and calm in run.calm.session.get(key, ""):
            return "the session holds the input as it came"
    return ""


ORACLE = Oracle(
    id="trust",
    cwes=(501,),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
