"""A lead: a rule says that something is weak here. Proposers make leads; they never judge them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from casemate.model.location import Location
from casemate.model.trace import Boundary, Trace

RuleId = NewType("RuleId", str)


class Evidence(StrEnum):
    """The ladder a finding climbs (DESIGN §1). Only the rungs that something can reach today are used."""

    SUSPECTED = "suspected"
    TRACED = "traced"
    DEMONSTRATED = "demonstrated"
    PROVEN = "proven"
    FIXED = "fixed"

    @property
    def rung(self) -> int:
        """Height on the ladder, for ranking and thresholds."""
        return tuple(Evidence).index(self)


class Doubt(StrEnum):
    """Why something is suspected, and not traced, though it has its place, and a flow every step of its way."""

    OBJECT = "object"  # an object that the value went into, or a function that is not known, was taken to give it back
    CALLER = "caller"  # whoever calls the API, or types the command, gives it: nothing says that it is not their own
    NAME = "name"  # that a secret rests on it is said by names alone
    CHECK = "check"  # it goes on only where something that is not understood gave leave
    RIGHTS = "rights"  # by what stands at the entry point only administrators come in, who may do a good deal anyway
    BROWSER = "browser"  # a browser sets the value by itself: nobody makes another person's send what they like


class Severity(StrEnum):
    """How bad the consequence is when the finding is true."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What a rule proposes.

    location: the sink (primary location). function: qualified name of the function that contains it, or "" for
    module level. by_design: the API names or documents that it does this with what it is given (library mode). fact: weak
    as it stands, to be read at the place. severity: when it is another than the rule's. doubt: what was not seen.
    """

    rule: RuleId
    location: Location
    function: str
    message: str
    trace: Trace | None = None
    by_design: bool = False
    fact: bool = False
    severity: Severity | None = None
    doubt: Doubt | None = None

    @property
    def evidence(self) -> Evidence:
        """A trace or a fact of which nothing is in doubt is traced; what is only inferred is suspected."""
        seen = (self.trace is not None or self.fact) and self.doubt is None
        return Evidence.TRACED if seen else Evidence.SUSPECTED

    @property
    def boundary(self) -> Boundary | None:
        """The trust boundary that the traced value crossed."""
        return None if self.trace is None else self.trace.boundary
