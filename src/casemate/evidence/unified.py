"""What changes from one text to another: as regions of lines, as a unified diff for git, and as one for the screen.

Lines end at line feeds alone, as git sees it, so that carriage returns and a missing last line feed survive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from casemate.evidence.escape import visible
from casemate.evidence.linediff import matches
from casemate.evidence.redact import redact_lines

CONTEXT: Final = 3
"""Lines that are shown before and after a change."""

ABOVE: Final = 60  # further lines above a change that may say that one of its lines is a secret
WIDTH: Final = 400  # characters of a line on the screen

_SHOWN_BYTE: Final = re.compile(r"\\x([0-9a-f]{2})")
_PLAIN: Final = re.compile(rb"[ !#-\[\]-~]*")
_ESCAPES: Final = {0x07: b"a", 0x08: b"b", 0x09: b"t", 0x0A: b"n", 0x0B: b"v", 0x0C: b"f", 0x0D: b"r"}


class Region(NamedTuple):
    """Lines `start` up to, and without, `end` of the earlier text are replaced by `new`; counted from 0."""

    start: int
    end: int
    new: tuple[bytes, ...]


class _Hunk(NamedTuple):
    """Regions with the lines around them. old, new: the first line and the first one behind it, in each text."""

    regions: Sequence[Region]
    old: tuple[int, int]
    new: tuple[int, int]


def lines(data: bytes) -> list[bytes]:
    """The lines, each with its line feed."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def regions(before: bytes, after: bytes) -> list[Region]:
    """What is replaced, in order; no two touch."""
    old, new = lines(before), lines(after)
    out = []
    a = b = 0
    for i, j in [*matches(old, new), (len(old), len(new))]:
        if i > a or j > b:
            out.append(Region(a, i, tuple(new[b:j])))
        a, b = i + 1, j + 1
    return out


def unified(path: str, before: bytes, after: bytes) -> bytes:
    """A unified diff with `diff --git` above it, as `git apply` takes it. path: as `Change.path` names it."""
    old_name, new_name = quoted(f"a/{path}"), quoted(f"b/{path}")
    tab = b"\t" if b" " in old_name else b""  # ends a name that has blanks, as git writes it
    out = [b"diff --git %s %s\n--- %s%s\n+++ %s%s\n" % (old_name, new_name, old_name, tab, new_name, tab)]
    old = lines(before)
    for hunk in _hunks(before, after):
        out.append(_heading(hunk))
        out += [mark + _whole(line) for mark, line in _body(hunk, old)]
    return b"".join(out)


def created(path: str, content: bytes) -> bytes:
    """The same for a file that is not there yet."""
    name, new = quoted(f"b/{path}"), lines(content)
    tab = b"\t" if b" " in name else b""
    head = b"diff --git %s %s\nnew file mode 100644\n--- /dev/null\n+++ %s%s\n" % (quoted(f"a/{path}"), name, name, tab)
    return head + b"@@ -0,0 +%s @@\n" % _range(0, len(new)) + b"".join(b"+" + _whole(line) for line in new)


def on_screen(path: str, before: bytes, after: bytes) -> list[str]:
    """A unified diff in lines that are safe to show; secrets are redacted, and long lines cut."""
    out = [visible(f"--- a/{path}"), visible(f"+++ b/{path}")]
    old, new = _text(lines(before)), _text(lines(after))
    for hunk in _hunks(before, after):
        was, now = _redacted(old, hunk.old), _redacted(new, hunk.new)
        out.append(_heading(hunk).decode().rstrip("\n"))
        a = b = 0
        for region in hunk.regions:
            first = region.start - hunk.old[0]
            out += [f" {line}" for line in was[a:first]]
            b += first - a
            a = region.end - hunk.old[0]
            out += [f"-{line}" for line in was[first:a]]
            out += [f"+{line}" for line in now[b : b + len(region.new)]]
            b += len(region.new)
        out += [f" {line}" for line in was[a:]]
    return out


def counted(before: bytes, after: bytes) -> tuple[int, int]:
    """How many lines come, and how many go."""
    found = regions(before, after)
    return sum(len(region.new) for region in found), sum(region.end - region.start for region in found)


def quoted(path: str) -> bytes:
    """A path as git writes it: in quotes and with octal escapes where it holds anything but plain characters."""
    data = raw(path)
    if _PLAIN.fullmatch(data):
        return data
    out = bytearray()
    for byte in data:
        if byte in _ESCAPES:
            out += b"\\" + _ESCAPES[byte]
        elif byte in b'"\\':
            out += b"\\" + bytes([byte])
        elif 0x20 <= byte < 0x7F:
            out.append(byte)
        else:
            out += b"\\%03o" % byte
    return b'"' + bytes(out) + b'"'


def raw(path: str) -> bytes:
    r"""The bytes of a path whose odd bytes stand as `\xNN` (`SourceFile.path`)."""
    pieces = _SHOWN_BYTE.split(path)
    return b"".join(
        bytes([int(piece, 16)]) if index % 2 else piece.encode("utf-8", "surrogateescape")
        for index, piece in enumerate(pieces)
    )


def _hunks(before: bytes, after: bytes) -> Iterator[_Hunk]:
    """Regions that are near one another stand in one hunk."""
    length = len(lines(before))
    grouped: list[list[Region]] = []
    for region in regions(before, after):
        if grouped and region.start - grouped[-1][-1].end <= 2 * CONTEXT:
            grouped[-1].append(region)
        else:
            grouped.append([region])
    moved = 0
    for group in grouped:
        start, end = max(0, group[0].start - CONTEXT), min(length, group[-1].end + CONTEXT)
        more = sum(len(region.new) - (region.end - region.start) for region in group)
        yield _Hunk(group, (start, end), (start + moved, end + moved + more))
        moved += more


def _heading(hunk: _Hunk) -> bytes:
    return b"@@ -%s +%s @@\n" % (_range(*hunk.old), _range(*hunk.new))


def _range(start: int, end: int) -> bytes:
    """`3,7`: an empty range names the line before it."""
    if end - start == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start + (end > start), end - start)


def _body(hunk: _Hunk, old: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    at = hunk.old[0]
    for region in hunk.regions:
        yield from ((b" ", line) for line in old[at : region.start])
        yield from ((b"-", line) for line in old[region.start : region.end])
        yield from ((b"+", line) for line in region.new)
        at = region.end
    yield from ((b" ", line) for line in old[at : hunk.old[1]])


def _whole(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def _text(data: Iterable[bytes]) -> list[str]:
    """Lines as text, without their ends, tabs as four blanks."""
    return [line.rstrip(b"\r\n").decode("utf-8", "replace").replace("\t", "    ") for line in data]


def _redacted(text: Sequence[str], span: tuple[int, int]) -> list[str]:
    first, last = span
    return [
        visible(line) for line in redact_lines(text[max(0, first - ABOVE) : first], text[first:last], {}, width=WIDTH)
    ]
