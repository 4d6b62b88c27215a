"""The input made an assertion of its own in a search filter of LDAP: the canary stands in it as an attribute."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.grammar.ldap import changed
from casemate.proofs.inputs.ldap import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import pairs


def judge(run: Run) -> str:
    """A filter that the finding's line searched with has one assertion more than the control's, about the canary."""
    if run.calm is None or not run.seen.passed:
        return ""
    word = run.words.canary
    said = "the input made an assertion of its own in a search filter"
    sought = [str(event.args[0]) for event in run.seen.at_sink("ldap.search") if event.args]
    control = [str(event.args[0]) for event in run.calm.at_sink("ldap.search") if event.args]
    if any(changed(one, other, word) for one in sought for other in control):
        return said
    if not sought and any(changed(seen, calm, word) for seen, calm in pairs(run)):
        return said
    return ""


ORACLE = Oracle(
    id="ldap",
    cwes=(90,),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("directory",),
)
