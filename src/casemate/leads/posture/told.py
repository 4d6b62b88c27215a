"""Weak settings as readers tell them, in the shape of a fact rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casemate.host.facts.settings import Weakness, plain
from casemate.leads.posture.rule import Seen


def told(weaknesses: Iterable[Weakness]) -> Iterator[Seen]:
    """Each with its own severity; the same place and words once. What gives an account away is told as a way
    to it (`host/edges/given_away.py`)."""
    for weak in (w for w in dict.fromkeys(weaknesses) if w.becomes is None):
        yield Seen(
            path=weak.path, line=weak.line, what=plain(weak.what, 400), related=weak.related, severity=weak.severity
        )
