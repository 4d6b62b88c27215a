"""Words and counts that every rendering shares: how many, of what, and what was left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from casemate.evidence.escape import visible
from casemate.model.finding import Since
from casemate.model.outcome import NotExamined

_PART = re.compile(r"(?P<path>.+):(?P<line>[1-9]\d*)", re.DOTALL)


def plural(count: int, noun: str) -> str:
    """`1 file`, `2,345 files`, `2 entry points`, `3 fixes`."""
    return f"{count:,} {noun}{'' if count == 1 else 'es' if noun.endswith('x') else 's'}"


def place_of(entry: NotExamined) -> tuple[str, int | None]:
    """The path of what was not examined, and the line where only a part of the file is meant."""
    match = _PART.fullmatch(entry.what)
    return (match["path"], int(match["line"])) if match else (entry.what, None)


def since_properties(since: Since) -> dict[str, object]:
    """What a narrowed report says of the rest, for programs."""
    return {"revision": visible(since.revision), "bases": list(since.bases), "others": since.others}


def losses(entries: Iterable[NotExamined]) -> list[NotExamined]:
    """What was not examined although nobody who may decide so asked for that."""
    return [entry for entry in entries if not entry.deliberate]


def files_in(entries: Iterable[NotExamined]) -> int:
    """How many whole files these are."""
    return sum(entry.files for entry in entries if place_of(entry)[1] is None)


def not_examined_words(entries: Iterable[NotExamined]) -> str:
    """`3 files were not`, `1 file and 1 part of a file were not`; "" when there are none."""
    missed = losses(entries)
    whole = files_in(missed)
    parts = len({place for place in map(place_of, missed) if place[1] is not None})
    if not whole and not parts:
        return ""
    names = [plural(whole, "file")] if whole else []
    if parts:
        names.append("1 part of a file" if parts == 1 else f"{parts:,} parts of files")
    return f"{' and '.join(names)} {'was' if whole + parts == 1 else 'were'} not"
