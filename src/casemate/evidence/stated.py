"""A property as people are shown it and decide about it, and the digest that their decision is bound to.

Beside the property stands what it is about: the function that is watched and the line that it rests on, as they were, redacted
as in a report. Numbers of lines are no part of the digest, so that a decision survives moved lines and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from casemate.evidence import exact
from casemate.model.proposal import Place, Property

MOST_TEXT = 60_000
"""Characters of the watched function that are kept: of a longer one nobody could say what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A property and what it is about. claim: what was said to be wrong, of which it is to be an instance. function: qualified
    name of the one that is watched. code: its lines. line: the text of the line that it rests on. Both redacted, without line
    ends."""

    claimed: Property
    claim: str
    function: str
    code: tuple[str, ...]
    line: str

    def as_json(self) -> dict[str, Any]:
        """For a bundle."""
        claimed = self.claimed
        return {
            "claim": self.claim,
            "statement": claimed.statement,
            "never": claimed.never,
            "violates": claimed.violates,
            "ordinary": claimed.ordinary,
            "rests_on": {"path": claimed.rests_on.path, "line": claimed.rests_on.line, "text": self.line},
            "watched": {
                "path": claimed.watched.path,
                "line": claimed.watched.line,
                "function": self.function,
                "code": list(self.code),
            },
        }

    @property
    def digest(self) -> str:
        """SHA-256 in hex of all of it but the numbers of lines."""
        told = self.as_json()
        del told["rests_on"]["line"], told["watched"]["line"]
        return sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def read_stated(value: Any) -> Stated:
    """From a bundle. Raises ValueError, KeyError or TypeError for what is none."""
    rests_on, watched = value["rests_on"], value["watched"]
    stated = Stated(
        claimed=Property(
            statement=exact.text(value["statement"]),
            rests_on=Place(path=exact.path(rests_on["path"]), line=exact.number(rests_on["line"])),
            watched=Place(path=exact.path(watched["path"]), line=exact.number(watched["line"])),
            never=exact.text(value["never"]),
            violates=exact.text(value["violates"]),
            ordinary=exact.text(value["ordinary"]),
        ),
        claim=exact.text(value["claim"]),
        function=exact.text(watched["function"]),
        code=tuple(exact.text(line) for line in watched["code"]),
        line=exact.text(rests_on["text"]),
    )
    if min(stated.claimed.rests_on.line, stated.claimed.watched.line) < 1:
        raise exact.Invalid("its property names a line that no file has")
    if stated.as_json() != value or not stated.claimed.statement or not stated.claimed.never:
        raise ValueError("it is not as a property is told")
    return stated
