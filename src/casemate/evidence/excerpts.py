"""The source lines that a report shows around every place of a finding: taken once, redacted, found again by place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from casemate.evidence.redact import redact_lines
from casemate.model.finding import Excerpt, Report
from casemate.model.lead import Lead
from casemate.model.location import Location

CONTEXT = 2
"""Lines shown before and after a place."""

LEAD_IN = 60
"""Further lines above that are looked at for what makes a line a secret; a key in PEM has about fifty."""

WIDTH = 160


class Block(Protocol):
    """Lines of the target."""

    def __call__(self, path: str, first: int, last: int) -> Sequence[str]:
        """The lines from one number to another, both included; fewer where the file ends, none where it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as shown. hit: it is the place itself, not its surroundings."""

    number: int
    text: str
    hit: bool


def collect(leads: Iterable[Lead], block: Block) -> tuple[Excerpt, ...]:
    """The lines around every place that the leads name, each line once, in order of path and number."""
    columns: dict[str, dict[int, int]] = {}
    for lead in leads:
        for place in (lead.location, *(step.location for step in (lead.trace.steps if lead.trace else ()))):
            known = columns.setdefault(place.path, {})
            known[place.line] = min(place.column, known.get(place.line, place.column))
    return tuple(excerpt for path in sorted(columns) for excerpt in _of_file(path, columns[path], block))


class Quotes:
    """The lines of a report by place."""

    def __init__(self, report: Report) -> None:
        self._excerpts: dict[str, list[Excerpt]] = {}
        for excerpt in report.excerpts:
            self._excerpts.setdefault(excerpt.path, []).append(excerpt)
        self._starts = {path: [one.start for one in found] for path, found in self._excerpts.items()}

    def around(self, place: Location, context: int = CONTEXT) -> list[Line]:
        """The line at a place with its neighbours; empty when the report does not hold it."""
        index = bisect_right(self._starts.get(place.path, []), place.line) - 1
        if index < 0:
            return []
        excerpt = self._excerpts[place.path][index]
        at = place.line - excerpt.start
        if at >= len(excerpt.lines):
            return []
        first = max(0, at - context)
        shown = excerpt.lines[first : at + context + 1]
        return [
            Line(number=excerpt.start + number, text=text, hit=number == at) for number, text in enumerate(shown, first)
        ]

    def line(self, place: Location) -> str:
        """The line at a place without its indentation, "" when the report does not hold it."""
        return next((line.text.strip() for line in self.around(place, 0)), "")


def _of_file(path: str, columns: Mapping[int, int], block: Block) -> Iterator[Excerpt]:
    for start, end in _ranges(sorted(columns)):
        first = max(1, start - LEAD_IN)
        lines = block(path, first, end)
        shown = redact_lines(
            lines[: start - first],
            lines[start - first :],
            {number - start: column for number, column in columns.items()},
            width=WIDTH,
        )
        if shown:
            yield Excerpt(path=path, start=start, lines=tuple(line.rstrip() for line in shown))


def _ranges(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of lines with their surroundings, those that touch joined."""
    start = end = 0
    for number in numbers:
        if number - CONTEXT > end + 1 or not start:
            if start:
                yield start, end
            start = max(1, number - CONTEXT)
        end = number + CONTEXT
    if start:
        yield start, end
