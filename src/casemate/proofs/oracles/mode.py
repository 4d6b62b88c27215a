"""A file got permissions by which every user of the machine may write to it, or lost too late what others could already read.

The latter is a file that this run wrote, and that stood open until the finding's line.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS
from casemate.proofs.oracle import Oracle, Run

_OTHERS_WRITE, _STICKY = 0o002, 0o1000
_OTHERS_READ, _OTHERS = 0o044, 0o077


def judge(run: Run) -> str:
    """The bit is there after the change, but for folders with the sticky bit, which are shared on purpose; or nothing is left to
    others of a fresh file that they could read before."""
    if run.calm is None:
        return ""
    for event in run.seen.at_sink("file.mode"):
        if len(event.args) < 5:
            continue
        after, before, fresh = event.args[2:5]
        if after & _OTHERS_WRITE and not after & _STICKY:
            return "a file got permissions by which every user of the machine may write to it"
        if fresh and before & _OTHERS_READ and not after & _OTHERS:
            return "a file that was written before could be read by others until this line"
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
