"""What an agent proposes: a lead, an input, a property, a patch's text. Nothing of it is believed before an oracle, a runner or a
ladder has judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A line of a file of the target, as an agent names it. path: as the index lists it."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Proposal:
    """A lead that somebody proposes. sink: where the weakness is. source: where a value of somebody else's enters. parameter: of
    the function there that holds it, "" where the value is read from outside (a request, a file). statement: the claim, in
    words."""

    sink: Place
    source: Place
    parameter: str
    cwe: int
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One executable statement of what must never happen.

    statement: in plain words. rests_on: the place in the target's code or documents that says so. watched: the first line of the
    function that it is about. never: a Python expression over `args` (its parameters by name) and `result`. violates: Python that
    drives the target so that it happens. ordinary: Python that drives it as it is meant to be used.
    """

    statement: str
    rests_on: Place
    watched: Place
    never: str
    violates: str
    ordinary: str


class Stand(StrEnum):
    """What an adversary says of a lead. It decides what is tried first, and nothing else."""

    STANDS = "stands"
    REFUTED = "refuted"


class Priority(StrEnum):
    """When a finding of the rules is to be tried by a prover, as a scout sees it."""

    FIRST = "first"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Triaged:
    """What a scout says of a finding of the rules. It orders what is tried, decides nothing, and takes nothing away. reason: in
    its words, redacted."""

    priority: Priority
    reason: str


class Ruling(StrEnum):
    """How a proposal ended, by those who judge."""

    PROVEN = "proven"
    DEMONSTRATED = "demonstrated"
    REJECTED = "rejected"
    UNTRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a tool gives an agent. data: it comes from the target, or from what was run, and is fenced. refused: nothing was done.
    ends: nothing is left to do. what: of what it tells, in a few words."""

    text: str
    what: str = ""
    data: bool = False
    refused: bool = False
    ends: bool = False
