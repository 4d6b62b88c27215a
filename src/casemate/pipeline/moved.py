"""Where the lines of a lead are once a patch is applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from casemate.evidence.linediff import matches
from casemate.languages.python.spans import around
from casemate.model.fix import Change
from casemate.model.lead import Lead
from casemate.model.location import Location

Range = tuple[int, int]
_LEAST, _MOST = 6, 60  # characters of an expression by which it is known again


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A lead in the patched target. spread: first and last line that the patch made of the sink's; None when it is as it was."""

    lead: Lead
    spread: Range | None


def moved(lead: Lead, changes: Sequence[Change]) -> Moved:
    """The lead with its places in the patched target."""
    maps = {change.path: _Lines(change) for change in changes}

    def place(location: Location, *, sink: bool = False) -> Location:
        lines = maps.get(location.path)
        if lines is None:
            return location
        found = None if sink else lines.expression(location)
        return found or replace(location, line=lines.of(location.line))

    steps = lead.trace.steps if lead.trace is not None else ()
    trace = lead.trace and replace(
        lead.trace,
        steps=tuple(
            replace(step, location=place(step.location, sink=number == len(steps)))
            for number, step in enumerate(steps, 1)
        ),
    )
    sink = steps[-1].location if steps else lead.location
    lines = maps.get(sink.path)
    return Moved(
        lead=replace(lead, location=place(lead.location, sink=True), trace=trace),
        spread=None if lines is None else lines.written(sink.line),
    )


class _Lines:
    """From the lines of a file to those that it has after a change, counted from 1."""

    def __init__(self, change: Change) -> None:
        before, after = change.before.splitlines(), change.after.splitlines()
        self._same = {old + 1: new + 1 for old, new in matches(before, after)}
        self._ends = (len(before) + 1, len(after) + 1)
        self._before, self._after = before, after

    def _block(self, line: int) -> tuple[Range, Range]:
        """The run of changed lines that a line lies in, before and after: first lines, and the first ones behind it."""
        first = max((old for old in self._same if old < line), default=0)
        behind = min((old for old in self._same if old > line), default=self._ends[0])
        return (first + 1, behind), (self._same.get(first, 0) + 1, self._same.get(behind, self._ends[1]))

    def expression(self, location: Location) -> Location | None:
        """Where what stood at a place of a changed line stands now, among the lines that it became: as much of it as is found."""
        if location.line in self._same or location.line > len(self._before):
            return None
        text = self._before[location.line - 1].decode("utf-8", "replace")[location.column - 1 :]
        _, (start, end) = self._block(location.line)
        lines = [self._after[number - 1].decode("utf-8", "replace") for number in range(start, end)]
        for size in range(min(len(text), _MOST), _LEAST - 1, -1):
            for number, line in enumerate(lines, start):
                if (at := line.find(text[:size])) >= 0:
                    return replace(location, line=number, column=at + 1)
        return None

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

    def written(self, line: int) -> Range | None:
        """The same, and all that the patch wrote in the function around: the call itself may stand further down now."""
        own = self.spread(line)
        if own is None:
            return None
        kept = set(self._same.values())
        first, last = around(b"\n".join(self._after), own[0]).function
        new = [number for number in range(first, min(last, len(self._after)) + 1) if number not in kept]
        return min([own[0], *new]), max([own[1], *new])
