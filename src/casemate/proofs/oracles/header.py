"""The input made a header of its own: a line that is called after the canary stands in what was sent."""

from __future__ import annotations

import re

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.header import INPUTS
from casemate.proofs.oracle import Oracle, Run


def judge(run: Run) -> str:
    """A header called after the canary, or a value with a new line before it, in the answer or in a message that was sent."""
    if not run.seen.passed:
        return ""
    word = run.words.canary
    line = re.compile(rf"[\r\n]{re.escape(word)}[\w-]*\s*:")
    if run.seen.response is not None:
        for name, value in run.seen.response.headers:
            if name.startswith(word) or line.search(value):
                return "the input made a header of its own in the answer"
    for event in run.seen.at_sink("smtplib.send", "http.client.send"):
        if any(line.search(_head(str(part))) for part in event.args):
            return "the input made a header of its own in a message"
    return ""


def _head(message: str) -> str:
    """What stands before the first empty line."""
    return re.split(r"\r?\n\r?\n", message, maxsplit=1)[0] + "\n"


ORACLE = Oracle(
    id="header",
    cwes=(113, 93),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
