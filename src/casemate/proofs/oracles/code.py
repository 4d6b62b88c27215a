"""The canary function ran: the target took a part of the input for code.

Parsing is no execution: `ast.literal_eval` and `compile` alone leave it uncalled.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.code import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import called


def judge(run: Run) -> str:
    """The canary function was called on the way through the finding's line."""
    return "code in the input was executed" if called(run) else ""


ORACLE = Oracle(
    id="code",
    cwes=(95, 94, 96),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
