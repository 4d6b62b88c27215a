"""Source lines for the report: read again for the files that findings lie in, and only if they are still the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from casemate.languages.python.decode import decode
from casemate.model.lead import Lead
from casemate.model.location import Location
from casemate.model.outcome import NotExamined, Reason
from casemate.model.trace import Trace
from casemate.pipeline.lowering import Lowered, Named, digest


class Lines:
    """Lines by place. losses: files that are no longer what was examined."""

    def __init__(self, files: Sequence[Named], lowered: Mapping[str, Lowered]) -> None:
        self._files = {named.shown: named for named in files}
        self._lowered = lowered
        self._lines: dict[str, list[bytes]] = {}
        self.losses: list[NotExamined] = []

    def line(self, place: Location) -> str:
        """The whole line at a place, "" when it is not to be had."""
        return self._bytes(place).decode("utf-8", "replace")

    def block(self, path: str, first: int, last: int) -> list[str]:
        """The lines of a file from one number to another; those beyond its end are left out."""
        lines = self._of(path)
        end = len(lines) - (not lines[-1]) if lines else 0  # after the last line break there is no line
        return [line.decode("utf-8", "replace") for line in lines[first - 1 : min(last, end)]]

    def with_columns(self, lead: Lead) -> Lead:
        """The lead with columns in characters; the engine counts bytes."""
        trace = lead.trace and Trace(
            boundary=lead.trace.boundary,
            steps=tuple(replace(step, location=self._place(step.location)) for step in lead.trace.steps),
        )
        return replace(lead, location=self._place(lead.location), trace=trace)

    def _place(self, place: Location) -> Location:
        line = self._bytes(place)
        if line.isascii():
            return place
        return replace(place, column=len(line[: place.column - 1].decode("utf-8", "replace")) + 1)

    def _bytes(self, place: Location) -> bytes:
        lines = self._of(place.path)
        return lines[place.line - 1] if place.line <= len(lines) else b""

    def _of(self, path: str) -> list[bytes]:
        lines = self._lines.get(path)
        if lines is None:
            lines = self._lines[path] = self._read(self._files[path])
        return lines

    def _read(self, named: Named) -> list[bytes]:
        source = named.tree.read(named.file)
        if not isinstance(source, NotExamined):
            known = self._lowered[named.module].digest
            text = decode(source)
            if digest(source, named.shown, named.module, named.package) == known and isinstance(text, bytes):
                return text.replace(b"\r\n", b"\n").split(b"\n")
            source = NotExamined(what=named.shown, reason=Reason.VANISHED, detail="it changed while it was examined")
        self.losses.append(source)
        return []
