"""The finding's line gave a file or folder permissions by which every user of the machine may write to it."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS
from casemate.proofs.oracle import Oracle, Run

_OTHERS_WRITE, _STICKY = 0o002, 0o1000


def judge(run: Run) -> str:
    """A mode that is there after the change has the bit; a folder with the sticky bit is shared on purpose."""
    if run.calm is None:
        return ""
    for event in run.seen.at_sink("file.mode"):
        mode = event.args[2] if len(event.args) > 2 else 0
        if isinstance(mode, int) and mode & _OTHERS_WRITE and not mode & _STICKY:
            return "a file got permissions by which every user of the machine may write to it"
    return ""


ORACLE = Oracle(
    id="mode",
    cwes=(732, 276),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("modes",),
)
