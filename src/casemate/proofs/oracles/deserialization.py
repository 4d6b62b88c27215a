"""Reading a stored object called the canary function: the format let the input name what is called."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.deserialization import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import called


def judge(run: Run) -> str:
    """The canary function was called on the way through the finding's line."""
    return "reading the input called a function that it names" if called(run) else ""


ORACLE = Oracle(
    id="deserialization",
    cwes=(502,),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
