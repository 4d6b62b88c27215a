"""Where the lines of a lead are once a patch is applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casemate.evidence.linediff import matches
from casemate.model.fix import Change
from casemate.model.lead import Lead
from casemate.model.location import Location

Range = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A lead in the patched target. spread: first and last line that the patch made of the sink's; None when it is as it was."""

    lead: Lead
    spread: Range | None


def moved(lead: Lead, changes: Sequence[Change]) -> Moved:
    """The lead with its places in the patched target."""
    maps = {change.path: _Lines(change) for change in changes}

    def place(location: Location) -> Location:
        lines = maps.get(location.path)
        return location if lines is None else replace(location, line=lines.of(location.line))

    trace = lead.trace and replace(
        lead.trace, steps=tuple(replace(step, location=place(step.location)) for step in lead.trace.steps)
    )
    sink = lead.trace.steps[-1].location if lead.trace is not None else lead.location
    lines = maps.get(sink.path)
    return Moved(
        lead=replace(lead, location=place(lead.location), trace=trace),
        spread=None if lines is None else lines.spread(sink.line),
    )


class _Lines:
    """From the lines of a file to those that it has after a change, counted from 1."""

    def __init__(self, change: Change) -> None:
        before, after = change.before.splitlines(), change.after.splitlines()
        self._same = {old + 1: new + 1 for old, new in matches(before, after)}
        self._ends = (len(before) + 1, len(after) + 1)

    def _block(self, line: int) -> tuple[Range, Range]:
        """The run of changed lines that a line lies in, before and after: first lines, and the first ones behind it."""
        first = max((old for old in self._same if old < line), default=0)
        behind = min((old for old in self._same if old > line), default=self._ends[0])
        return (first + 1, behind), (self._same.get(first, 0) + 1, self._same.get(behind, self._ends[1]))

    def of(self, line: int) -> int:
        """What a line has become: of a changed one the line that is as far from the end of the changed ones."""
        if line in self._same:
            return self._same[line]
        (_, behind), (start, end) = self._block(line)
        return max(1, start, end - (behind - line)) if end > start else max(1, start - 1)

    def spread(self, line: int) -> Range | None:
        """The lines that a changed line has become part of."""
        if line in self._same:
            return None
        _, (start, end) = self._block(line)
        return (start, end - 1) if end > start else None
