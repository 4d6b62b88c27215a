"""What a safeguard is tested with: classes of attack, each a way to make any number of attempts from a seed.

An attack is written against the very functions that protect, on keys, files and clocks of its own. It succeeds when it gets what
it must not, and then the safeguard has failed; an exception that is no refusal counts as a success too, because a wall that
breaks is none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

from casemate.adapters.keys import FileSigner
from casemate.governance.statement import person_key

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class HandClock:
    """`ports.Clock` that stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now

    def now(self) -> datetime:
        """The time that it was set to."""
        return self.time

    def monotonic(self) -> float:
        """Seconds since noon."""
        return (self.time - NOON).total_seconds()

    def move(self, **delta: float) -> None:
        """Forward, or back by a negative amount: as `timedelta` has it."""
        self.time += timedelta(**delta)


@contextmanager
def at_home(folder: Path) -> Iterator[Path]:
    """An operator's folder, for as long as it takes."""
    before = os.environ.get("CASEMATE_HOME")
    os.environ["CASEMATE_HOME"] = str(folder)
    try:
        yield folder
    finally:
        if before is None:
            del os.environ["CASEMATE_HOME"]
        else:
            os.environ["CASEMATE_HOME"] = before


@dataclass(slots=True, kw_only=True)
class Ground:
    """What one attempt is made on. random: its only source of chance. folder: an empty one of its own. clock: stands at noon."""

    random: Random
    folder: Path
    clock: HandClock

    def signer(self, name: str) -> FileSigner:
        """Somebody's key, always the same one for a name."""
        return FileSigner(sha256(name.encode()).digest())

    def key(self, name: str) -> str:
        """Their public key as text."""
        return str(person_key(self.signer(name).public_key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt. what: which variant, in a few words. succeeded: it got what it must not. answer: the refusal, in its words."""

    what: str
    succeeded: bool
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A class of attack. id: a name in lower case with hyphens. title: what an attacker tries. aim: what they would have, had it
    succeeded. attempt: makes one, by chance. files: it writes files, and is worth fewer attempts than what only computes."""

    id: str
    title: str
    aim: str
    attempt: Callable[[Ground], Attempt]
    files: bool = False
