"""The answer sends the browser to the canary host, another site than this one, as a browser reads the address."""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.grammar.url import host, within
from casemate.proofs.inputs.redirect import INPUTS
from casemate.proofs.oracle import Oracle, Run

_STATUS = frozenset((301, 302, 303, 307, 308))


def judge(run: Run) -> str:
    """`Location`, or `Refresh`, names the canary host, and the finding's line ran."""
    answer = run.seen.response
    if answer is None or not run.seen.passed:
        return ""
    domain = f"{run.words.canary}.invalid"
    places = [answer.header("location")] if answer.status in _STATUS else []
    places.append(answer.header("refresh").lower().partition("url=")[2].strip(" \"'"))
    for place in filter(None, places):
        if within(host(place), domain) or within(host(place, scheme="https"), domain):
            return "the answer sends the browser to another site, which the input names"
    return ""


ORACLE = Oracle(
    id="redirect",
    cwes=(601,),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
