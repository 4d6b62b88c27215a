"""A credential was compared by a function that returns at the first character that differs.

Decided by which function compared, not by a clock: the value notes that `==` asked it. `hmac.compare_digest` does not ask.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.oracle import Input, Oracle, Run


def judge(run: Run) -> str:
    """`==` or `!=` compared the input with another text on the finding's line."""
    if run.calm is None:
        return ""
    for event in run.seen.at_sink("compared.eq"):
        if run.words.canary in str(event.args[1:]):
            return "the input was compared with a credential by `==`, whose time tells how much of it is right"
    return ""


ORACLE = Oracle(
    id="timing",
    cwes=(208, 385),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=(
        Input(name="a text that tells", payload={"compared": "{canary}"}),
        Input(name="bytes that tell", payload={"compared": "{canary}", "as": "bytes"}),
    ),
    watch=("comparing",),
)
