"""A token that nobody signed was believed: what it claims came out, in a run that did not fail.

The canary stands in the token encoded only, so where it stands in clear the token was read; that it is believed is shown by
what a function gave back, an answer that is no refusal, or the session.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.oracle import Input, Oracle, Run
from casemate.proofs.outputs import kept

_CLAIMS = {"sub": "{canary}", "name": "{canary}", "user": "{canary}", "iat": 1_000_000_000, "exp": 4_000_000_000}


def judge(run: Run) -> str:
    """The claim came out, nothing was raised and nothing refused."""
    if run.calm is None or not run.seen.passed or run.seen.error:
        return ""
    if run.seen.response is not None and run.seen.response.status >= 400:
        return ""
    if any(run.words.canary in text for text in kept(run.seen)):
        return "the claims of a token that nobody signed were believed"
    return ""


ORACLE = Oracle(
    id="token",
    cwes=(347,),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=tuple(
        Input(name=name, payload={"jwt": _CLAIMS, "alg": alg}, control={"text": "{calm}"})
        for alg, name in (
            ("none", "no signature"),
            ("HS256", "a signature of nothing"),
            ("RS256", "a signature of nothing, of a pair of keys"),
            ("None", "no signature, in capitals"),
        )
    ),
)
