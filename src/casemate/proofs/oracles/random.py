"""A predictable generator made a value that came out: in a cookie, a page, the session, or as what a function gave back.

Which generator was asked is seen. `secrets` and `SystemRandom` ask the operating system and are quiet.
"""

from __future__ import annotations

import re

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.plain import INPUTS
from casemate.proofs.oracle import Oracle, Run
from casemate.proofs.outputs import kept, spelled

_LEAST = 4  # characters that are no coincidence
_LEAST_BYTES = 8


def judge(run: Run) -> str:
    """What was drawn on the finding's line stands in what came out."""
    if run.calm is None or not run.seen.passed:
        return ""
    drawn = [_text(event.args[1]) for event in run.seen.at_sink("random.drawn") if len(event.args) > 1]
    if not drawn:
        return ""
    whole = "".join(drawn)
    out = list(kept(run.seen))
    drawn_bytes = [form for text in drawn if len(text) >= 8 for form in spelled(text)]
    forms = {form for form in (*drawn, whole) for form in (form, _digits(form)) if len(form) >= _LEAST}
    forms.update(drawn_bytes)
    forms.update(_joined([event.args[1] for event in run.seen.at_sink("random.drawn") if len(event.args) > 1]))
    if any(form in text for text in out for form in forms) or run.seen.returned in (whole, repr(whole)):
        return "a predictable generator made a value that came out"
    if any(re.search(rf"(?<!\d){re.escape(form)}(?!\d)", _cookies(run)) for form in drawn if form.isdigit()):
        return "a predictable generator made the value of a cookie"
    return ""


def _digits(form: str) -> str:
    """Of a number with a fraction what is behind the point: what is in front, a sign too, is often cut off. Else all of it."""
    return form.partition(".")[2] if re.fullmatch(r"-?\d+\.\d{6,}", form) else form.removeprefix("0.")


def _joined(drawn: list[object]) -> list[str]:
    """What numbers of one byte each come out as when they are put together."""
    if len(drawn) < _LEAST_BYTES or not all(type(one) is int and 0 <= one < 256 for one in drawn):
        return []
    data = bytes(one for one in drawn if isinstance(one, int))
    return [data.decode("utf-8", "backslashreplace"), data.decode("latin-1"), *spelled(data.hex())]


def _cookies(run: Run) -> str:
    answer = run.seen.response
    if answer is None:
        return ""
    return "\n".join(v.partition(";")[0].partition("=")[2] for k, v in answer.headers if k == "set-cookie")


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(map(_text, value))
    return str(value)


ORACLE = Oracle(
    id="random",
    cwes=(330, 338),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    watch=("randoms", "keeping"),
)
