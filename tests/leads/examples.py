"""Reads a rule's example: its files and the lines marked in them. For tests, no test itself."""

from __future__ import annotations

import re

from casemate.leads.rule import MARK, Example

FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)


def files(example: Example) -> dict[str, str]:
    """The example's files by path; a single one is `example.py`."""
    code = example.code.lstrip("\n")
    first, *rest = FILE.split(code)
    if not rest:
        return {"example.py": first}
    assert not first.strip(), f"text before the first file in {example.name!r}"
    return dict(zip(rest[::2], rest[1::2], strict=True))


def marked(example: Example) -> list[tuple[str, int]]:
    """(path, line) of each line that carries the mark."""
    return sorted(
        (path, number)
        for path, text in files(example).items()
        for number, line in enumerate(text.splitlines(), 1)
        if MARK.search(line)
    )
