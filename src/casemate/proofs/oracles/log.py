"""The input made a line of its own in the log: a record, as its handler writes it, has a line that begins with the canary."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.log import INPUTS
from casemate.proofs.oracle import Oracle, Run


def judge(run: Run) -> str:
    """A record of the finding's line has more lines than the control's, one of which begins as the input says."""
    for event in run.seen.at_sink("log.written"):
        for text in event.args[:1]:
            if any(line.startswith(run.words.canary) for line in str(text).replace("\r", "\n").split("\n")[1:]):
                return "the input made a line of its own in the log"
    return ""


ORACLE = Oracle(
    id="log",
    cwes=(117,),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("logs",),
)
