"""Weak settings as readers tell them, in the shape of a fact rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casemate.host.facts.settings import Weakness, plain
from casemate.leads.posture.rule import Seen


def told(weaknesses: Iterable[Weakness]) -> Iterator[Seen]:
    """Each with its own severity; the same place and words once."""
    for weak in dict.fromkeys(weaknesses):
        yield Seen(
            path=weak.path, line=weak.line, what=plain(weak.what, 400), related=weak.related, severity=weak.severity
        )
