"""What oracles have in common: what came out of a run, and which texts stood on the finding's line in both runs."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from html import unescape

from casemate.proofs.observation import Event, Observation
from casemate.proofs.oracle import Run, Words


def texts(seen: Observation) -> Iterator[str]:
    """All that came out: the answer's headers and body, and what a function gave back."""
    if seen.response is not None:
        for name, value in seen.response.headers:
            yield f"{name}: {value}"
        yield seen.response.body
    yield seen.returned


def shows(seen: Observation, text: str) -> bool:
    """Whether a text came out, as it is or as a page shows it."""
    return any(text in one or ("&" in one and text in unescape(one)) for one in texts(seen))


def content(words: Words) -> str:
    """What stands in the canary file, and nowhere else."""
    return f"content of {words.canary}"


def content_came_out(run: Run) -> bool:
    """Whether the content of the canary file came out, and no other line of the target than the finding's read it: one that is
    read in C, or later by the framework, leaves no trace of the line."""
    text = content(run.words)
    if not run.seen.passed or not shows(run.seen, text) or (run.calm is not None and shows(run.calm, text)):
        return False
    return not any(
        event.name == "canary.path" and not event.at_sink and any(":" in frame for frame in event.stack)
        for event in run.seen.events
    )


def pairs(run: Run) -> Iterator[tuple[str, str]]:
    """Texts on the finding's line that hold the canary, each with what stood there when the calm word came."""
    if run.calm is None:
        return
    for key, text in run.seen.probes.items():
        if run.words.canary in text and key in run.calm.probes:
            yield text, run.calm.probes[key]


def called(run: Run) -> list[Event]:
    """Where the canary function was called, on the way through the finding's line."""
    return [event for event in run.seen.at_sink("canary.called") if event.args[:1] == (run.words.canary,)]


def kept(seen: Observation) -> Iterator[str]:
    """All that came out or was kept: what `texts` gives, what the session held, and the ends of files that were written."""
    yield from texts(seen)
    for event in seen.events:
        if event.name == "file.kept":
            yield str(event.args[1:])
    for key, value in seen.session.items():
        yield f"{key}={value}"


def spelled(digits: str) -> tuple[str, ...]:
    """How bytes that are told in hexadecimal digits may come out: as digits, and in base64. Empty for what are none."""
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        return ()
    return digits, digits.upper(), b64encode(data).decode(), urlsafe_b64encode(data).decode()
