"""Files of sections and keys, as yum, pacman, pip and git have them: each key with its section and line, nothing interpreted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.filesystem import Text

_SECTION = re.compile(r"\s*\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a section. key: in lower case. value: "" for a bare word."""

    section: str
    key: str
    value: str
    line: int


def entries(text: Text, *, comments: str = "#;") -> Iterator[Entry]:
    """Every key in the order of its line. An indented line without a key goes on with the value of the key above."""
    section, key = "", ""
    for number, line in text.numbered():
        bare = line.strip()
        if not bare or bare[0] in comments:
            continue
        found = _SECTION.match(line)
        if found:
            section, key = found[1].strip(), ""
            continue
        name, equals, value = bare.partition("=")
        if not equals and line[0] in " \t" and key:
            yield Entry(section, key, bare, number)
            continue
        key = name.strip().lower()
        yield Entry(section, key, value.strip(), number)
