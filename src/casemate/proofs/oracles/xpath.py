"""The input changed what an XPath expression is made of: the canary stands in it as a name, not within a literal."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.grammar.xpath import changed
from casemate.proofs.inputs.xpath import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import pairs


def judge(run: Run) -> str:
    """An expression on the finding's line, which ran, has other tokens than the control's."""
    if not run.seen.passed:
        return ""
    for seen, calm in pairs(run):
        if run.words.calm in calm and calm != run.words.calm and changed(seen, calm, run.words.canary):
            return "the input changed the structure of an XPath expression"
    return ""


ORACLE = Oracle(
    id="xpath",
    cwes=(643, 91),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
