"""A member of an archive escaped: it was put outside of the folder that its harmless neighbour was put in.

The archive holds a member with the calm word, which shows where the destination is, and one with the canary that wants to leave.
The runtime tells where both were really made (`runtime/arms/paths.py`), links followed.
"""

from __future__ import annotations

from posixpath import dirname

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.archive import INPUTS
from casemate.proofs.oracle import Oracle, Run


def judge(run: Run) -> str:
    """Something with the canary in its name was made outside of the destination while the finding's line ran."""
    made = [str(event.args[0]) for event in run.seen.at_sink("path.made") if event.args]
    homes = {dirname(path) for path in made if run.words.calm in path.rpartition("/")[2]}
    escaped = [path for path in made if run.words.canary in path.rpartition("/")[2]]
    if homes and any(not any(_below(path, home) for home in homes) for path in escaped):
        return "a member of the archive was put outside of the destination"
    if any(event.args[:1] in (("written",), ("made",), ("moved",)) for event in run.seen.at_sink("canary.path")):
        return "a member of the archive was put into a folder of its own choice"
    return ""


def _below(path: str, home: str) -> bool:
    return path.startswith(home.rstrip("/") + "/")


ORACLE = Oracle(
    id="archive",
    cwes=(29, 22, 23, 59),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("paths",),
)
