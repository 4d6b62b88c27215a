"""The report's own charts: where findings lie, as plain SVG that a style sheet colours.

Only numbers are computed here; every text stands in the template. Widths are in units of the drawing, one thousand wide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from casemate.model.finding import Finding
from casemate.model.lead import Severity

WIDE = 1000
MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Findings that have something in common. pieces: of each severity that occurs its start, width and count."""

    label: str
    count: int
    pieces: tuple[tuple[Severity, int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars, the longest first. rest: how many shorter ones are left out."""

    title: str
    bars: tuple[Bar, ...]
    rest: int


def chart(title: str, findings: Sequence[Finding], label: Callable[[Finding], str]) -> Chart:
    """A bar for each label that occurs, as long as its number of findings."""
    counts = Counter(label(finding) for finding in findings)
    severities = Counter((label(finding), finding.severity) for finding in findings)
    longest = max(counts.values(), default=1)
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    bars = []
    for name in ordered[:MOST]:
        pieces, start = [], 0
        for severity in Severity:
            if number := severities[name, severity]:
                width = WIDE * number // longest
                pieces.append((severity, start, width, number))
                start += width
        bars.append(Bar(label=name, count=counts[name], pieces=tuple(pieces)))
    return Chart(title=title, bars=tuple(bars), rest=len(ordered) - len(bars))
