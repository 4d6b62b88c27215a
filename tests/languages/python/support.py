"""Shared by the tests of the Python front end: lowering a piece of source, and reading the result as text."""

from textwrap import dedent

from casemate.languages import ir
from casemate.languages.python import dump
from casemate.languages.python.frontend import lower


def lowered(source: str | bytes, *, name: str = "app.views", package: bool = False) -> ir.Module:
    """The module of a source; one that is text is dedented first."""
    data = source if isinstance(source, bytes) else dedent(source).encode()
    module = lower(data, path=name.replace(".", "/") + ".py", name=name, package=package)
    assert isinstance(module, ir.Module), module
    return module


def graph(source: str, number: int = -1) -> list[str]:
    """One function's blocks as lines of text; by default the one that was defined last, else the module body."""
    module = lowered(source)
    return dedent(dump.body(module, number % len(module.functions))).splitlines()


def code(source: str, number: int = -1) -> list[str]:
    """The instructions of a function that has no control flow, without their lines."""
    first, *instructions, end = (line.strip() for line in graph(source, number))
    assert first == "0:", first
    assert end == "STOP", end
    return [line.split(" ", 1)[1] for line in instructions]


def losses(source: str | bytes) -> list[tuple[int, int, str]]:
    """First line, last line and reason of every loss."""
    module = lowered(source)
    return [(module.line(loss.start), module.line(loss.end - 1), loss.reason) for loss in module.losses]
