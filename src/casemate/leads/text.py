"""How places and names of a program are shown in a lead."""

from __future__ import annotations

from casemate.model.location import Location
from casemate.taint.program import Program


def shown(name: str) -> str:
    """A dotted name as a person writes it: built-ins bare, an unknown receiver left out."""
    return name.removeprefix("builtins.").removeprefix("*.")


def location(program: Program, module: str, pos: int) -> Location:
    """The place of a byte offset; columns in bytes."""
    m = program.modules[module]
    line = max(1, m.line(pos))
    return Location(path=m.path, line=line, column=max(1, pos - m.line_starts[line - 1] + 1))
