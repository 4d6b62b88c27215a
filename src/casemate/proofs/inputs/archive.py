"""Archives with a harmless member and one that wants to leave the destination.

`runtime/archives.py` makes them. A member is a list: its name, what it is (`file`, `folder`, `link`, `hard`), and a file's text
or where a link leads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from casemate.proofs.oracle import Input

Member = list[str]
_CALM: Member = ["{calm}.txt", "file", "ordinary"]

_ESCAPES: tuple[tuple[str, list[Member]], ...] = (
    ("a name that goes up", [["../{canary}.txt", "file", "canary"]]),
    ("a name that goes up from a folder", [["{calm}/../../{canary}.txt", "file", "canary"]]),
    ("an absolute name", [["{folder}/new-{canary}.txt", "file", "canary"]]),
    ("a name that goes up to the root", [["../" * 12 + "..{folder}/new-{canary}.txt", "file", "canary"]]),
)
_LINKS: tuple[tuple[str, list[Member]], ...] = (
    (
        "a link to a folder outside, and a file below it",
        [["out", "link", "{folder}"], ["out/new-{canary}.txt", "file", "canary"]],
    ),
    ("a link that goes up, and a file below it", [["out", "link", ".."], ["out/new-{canary}.txt", "file", "canary"]]),
    ("a hard link to a file outside", [["{canary}-link", "hard", "{file}"], ["{canary}-link", "file", "canary"]]),
)


def _inputs() -> Iterator[Input]:
    for kind, more in (("tar", _LINKS), ("zip", _LINKS[:2])):
        for name, members in (*_ESCAPES, *more):
            payload: dict[str, Any] = {kind: [_CALM, *members]}
            yield Input(name=f"{kind}: {name}", payload=payload, control={kind: [_CALM]})


INPUTS = tuple(sorted(_inputs(), key=lambda one: "link" in one.name))
