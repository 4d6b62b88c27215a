"""A temporary file was made under a name that somebody else can take before: `mktemp`, or a name that is the same each time."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS
from casemate.proofs.oracle import Oracle, Run


def judge(run: Run) -> str:
    """The finding's line got a name without a file, or opened one that it opened in the control's run too."""
    if run.calm is None:
        return ""
    if run.seen.at_sink("temp.name"):
        return "a name for a temporary file was given, and the file was not made with it"
    before = {str(event.args[1]) for event in run.calm.at_sink("temp.open") if len(event.args) > 1}
    if any(str(event.args[1]) in before for event in run.seen.at_sink("temp.open") if len(event.args) > 1):
        return "a file of a name that is always the same was opened among everybody's temporary files"
    return ""


ORACLE = Oracle(
    id="temporary",
    cwes=(377, 379),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("names",),
)
