"""A parser of XML fetched what the document named: it opened the canary file, its content came out, or it looked a host up.

Inner entities are ordinary XML and quiet.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.xxe import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import content, content_came_out


def judge(run: Run) -> str:
    """An external entity took effect on the way through the finding's line."""
    if any(event.args[:1] == ("read",) for event in run.seen.at_sink("canary.path", "canary.read")):
        return "the parser opened a file that the document names"
    if content_came_out(run):
        return "the content of a file that the document names came out"
    if run.seen.passed and any(content(run.words) in text for text in run.seen.probes.values()):
        return "the content of a file that the document names came out of the parser"
    looked = run.seen.at_sink("socket.getaddrinfo", "socket.gethostbyname")
    if any(str(event.args[0]) == f"{run.words.canary}.invalid" for event in looked if event.args):
        return "the parser looked up a host that the document names"
    return ""


ORACLE = Oracle(
    id="xxe",
    cwes=(611, 827),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("paths", "entities"),
)
