"""The input made an element, an attribute or a link that runs code, in a page that a browser reads as HTML.

The page is parsed. A canary within text, a quoted attribute, a comment, a script's string, JSON or plain text is quiet.
"""

from __future__ import annotations

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.grammar.html import found
from casemate.proofs.inputs.xss import INPUTS
from casemate.proofs.observation import Observation
from casemate.proofs.oracle import Oracle, Run

_SAID = {
    "element": "the input made an element of its own in the page",
    "attribute": "the input made an attribute of its own in the page",
    "link": "the input made a link that runs code in the page",
}
_PAGES = ("text/html", "application/xhtml+xml", "image/svg+xml")


def judge(run: Run) -> str:
    """The page has an element, attribute or link that is called after the canary, and the finding's line ran."""
    if run.calm is None or not run.seen.passed or run.words.canary not in (page := _page(run.seen, run.calm)).lower():
        return ""
    reached = [text for text in run.seen.probes.values() if run.words.canary in text]
    if reached and not any(_raw(text, run.words.canary) for text in reached):
        return ""  # escaped on the finding's line: what made it is elsewhere
    for what, name in found(page):
        if name == run.words.canary or (what == "link" and run.words.canary in name):
            return _SAID[what]
    return ""


def _page(seen: Observation, calm: Observation) -> str:
    """What a browser would read as HTML, "" for nothing: an answer says so, and what a function gives back is markup when the
    control's is."""
    if seen.response is not None:
        kind = seen.response.header("content-type").partition(";")[0].strip().lower()
        return seen.response.body if kind in _PAGES else ""
    return seen.returned if any(found(calm.returned)) else ""


def _raw(text: str, word: str) -> bool:
    text = text.lower()
    return f"<{word}" in text or f"{word}=" in text or ("script:" in text and word in text)


ORACLE = Oracle(
    id="xss",
    cwes=(79, 80, 83, 116),
    kind=ProofKind.CANARY,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
)
