"""The answer sets a cookie without its protection, and the finding's line is what set it."""

from __future__ import annotations

import re

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS
from casemate.proofs.oracle import Oracle, Run

_GONE = re.compile(r"(?i)max-age=(?:0|-\d+)(?!\d)|expires=[^;]*19[67]\d")


def judge(run: Run) -> str:
    """A cookie named on the finding's line lacks `Secure` or `HttpOnly`, and is not being taken back."""
    answer = run.seen.response
    if run.calm is None or answer is None or not run.seen.passed:
        return ""
    texts = [text for key, text in run.seen.probes.items()]
    for header, value in answer.headers:
        if header != "set-cookie":
            continue
        pair, *attributes = value.split(";")
        name, _, content = pair.partition("=")
        flags = {attribute.partition("=")[0].strip().lower() for attribute in attributes}
        if _GONE.search(value) or not content.strip('" '):
            continue
        if not any(text == name.strip() or text.startswith(f"{name.strip()}=") for text in texts):
            continue
        if "secure" not in flags:
            return "a cookie was set that the browser also sends in the clear"
        if "httponly" not in flags:
            return "a cookie was set that scripts can read"
    return ""


ORACLE = Oracle(
    id="cookie",
    cwes=(614, 1004),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
