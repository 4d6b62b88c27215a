"""The lines of sudoers(5), over all its files: continued lines joined, comments gone, `@include` and `@includedir` followed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.host import Host

MAIN = "/etc/sudoers"
MAX_DEPTH = 128  # as sudo itself (sudoers(5), "Including other files")
MAX_FILES = 2000
JOINED_LIMIT = 64_000  # characters of one logical line

_INCLUDE = re.compile(r'^\s*[#@](include|includedir)\s+(?:"([^"]*)"|((?:\\.|\S)+))\s*$')


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line. line: the number of its first physical one. joined: how many physical ones it has."""

    path: str
    line: int
    text: str
    joined: int = 1
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Included:
    """A file or folder that is read. line: of the directive. folder: every file of it is."""

    path: str
    where: str
    line: int
    folder: bool


def sudoers_lines(host: Host) -> tuple[tuple[Line, ...], tuple[Included, ...]]:
    """Every logical line in the order in which sudo reads it, and what was included."""
    lines: list[Line] = []
    included: list[Included] = []
    _file(host, MAIN, (), lines, included)
    return tuple(lines), tuple(included)


def _file(host: Host, path: str, above: tuple[str, ...], lines: list[Line], included: list[Included]) -> None:
    text = host.fs.text(path)
    if text is None:
        return
    if text.path in above or len(above) >= MAX_DEPTH or len(included) > MAX_FILES:
        host.odd(text.path, 1, "sudoers files that include one another: read once")
        return
    within = (*above, text.path)
    for line in joined(host, text.path, text.lines):
        found = _INCLUDE.match(line.text)
        if not found:
            if line.text.strip():
                lines.append(line)
            continue
        name = found[2] if found[2] is not None else re.sub(r"\\(.)", r"\1", found[3])
        name = _percent(host, name)
        target = name if name.startswith("/") else posixpath.join(posixpath.dirname(text.path), name)
        folder = found[1] == "includedir"
        included.append(Included(target, text.path, line.line, folder))
        if not folder:
            _file(host, target, within, lines, included)
            continue
        for entry in host.fs.names(target):
            if "." not in entry and not entry.endswith("~"):  # sudoers(5): names that these programs leave behind
                _file(host, posixpath.join(target, entry), within, lines, included)


def _percent(host: Host, name: str) -> str:
    """%h is the short host name (sudoers(5))."""
    if "%h" not in name:
        return name
    return name.replace("%h", hostname(host).partition(".")[0]).replace("%%", "%")


def hostname(host: Host) -> str:
    """What the host calls itself; "" when nothing says."""
    text = host.fs.text("/etc/hostname")
    return text.lines[0].strip() if text and text.lines else ""


def joined(host: Host, path: str, physical: tuple[str, ...]) -> Iterator[Line]:
    """The logical lines of a file: a backslash at the end continues, but not in a comment."""
    parts: list[str] = []
    start = size = 0
    for number, raw in enumerate(physical, 1):
        start = start or number
        bare, comment = _uncommented(raw)
        if not comment and _continues(bare) and size + len(bare) < JOINED_LIMIT:
            parts.append(bare[:-1])
            size += len(bare)
            continue
        parts.append(bare)
        if size + len(bare) >= JOINED_LIMIT:
            host.odd(path, start, "a line that is too long")
            parts = []
        yield Line(path, start, "".join(parts), number - start + 1, physical[start - 1])
        parts, start, size = [], 0, 0
    if parts:
        yield Line(path, start, "".join(parts), len(physical) - start + 1, physical[start - 1])


def _continues(text: str) -> bool:
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _uncommented(raw: str) -> tuple[str, bool]:
    """A line without its comment, and whether it had one. `#1000` is a user, `\\#` a character, `#include` a directive."""
    if re.match(r"\s*#include(dir)?\s", raw):
        return raw, False
    quoted = False
    index = 0
    while index < len(raw):
        char = raw[index]
        if char == "\\":
            index += 2
            continue
        if char == '"':
            quoted = not quoted
        elif char == "#" and not quoted and not re.match(r"#-?\d", raw[index : index + 3]):
            return raw[:index], True
        index += 1
    return raw, False
