"""The session holds the input unchecked, as a value or as the name of one."""

from __future__ import annotations

from typing import Final

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.oracle import Input, Oracle, Run

_MARKS: Final = "!~"
"""No name, address, number or word of a list holds these: what was checked in any way does not come with them. What escapes text
for a page, a cookie or an address leaves at least one of the inputs as it is."""


def judge(run: Run) -> str:
    """The canary with its marks stands in the session after the finding's line ran, where the control's word stood before."""
    if run.calm is None or not run.seen.passed:
        return ""
    canary, calm = run.words.canary + _MARKS, run.words.calm
    if any(canary in key for key in run.seen.session) and any(calm in key for key in run.calm.session):
        return "the input named an entry of the session"
    for key, value in run.seen.session.items():
        if canary in value and calm in run.calm.session.get(key, ""):
            return "the session holds the input unchecked"
    return ""


ORACLE = Oracle(
    id="trust",
    cwes=(501,),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=(
        Input(name="no plain name", payload={"text": "{canary}" + _MARKS}),
        Input(name="no plain name, as bytes", payload={"latin1": "{canary}" + _MARKS}, control={"latin1": "{calm}"}),
    ),
)
