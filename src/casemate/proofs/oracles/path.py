"""A path led outside: the canary file, or what lies in its folder, was read, written, listed, removed or asked about.

The runtime follows the path to where it really leads (`runtime/arms/paths.py`): `..` that a check has taken away, or a link that
was resolved first, come out where they come out. To work a path out is no use of it, so `realpath` and its like do not count.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.path import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import content_came_out

_SAID = {
    "read": "a file outside of what was meant was opened for reading",
    "written": "a file outside of what was meant was opened for writing",
    "listed": "a folder outside of what was meant was listed",
    "removed": "a file outside of what was meant was removed",
    "moved": "a file outside of what was meant was moved or linked",
    "changed": "permissions or times of a file outside of what was meant were changed",
    "made": "a folder was made outside of what was meant",
    "asked": "whether a file outside of what was meant exists came out",
}
_WORST = ("written", "removed", "moved", "changed", "made", "read", "listed", "asked")


def judge(run: Run) -> str:
    """The finding's line used a path that leads into the canary's folder, or its content came out."""
    done = {str(event.args[0]) for event in run.seen.at_sink("canary.path") if event.args}
    for act in _WORST:
        if act in done:
            return _SAID[act]
    if content_came_out(run):
        return "the content of a file outside of what was meant came out"
    return ""


ORACLE = Oracle(
    id="path",
    cwes=(22, 23, 36, 41, 73),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("paths",),
)
