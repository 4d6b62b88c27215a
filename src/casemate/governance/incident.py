"""Incidents: how severe one is, and the signed files by which it is opened and closed.

The severity follows from four factors, each from 0 to 3, by one written rule, so that two people who agree on the facts agree on
the number. The ledger says which incidents are open; the files only tell more of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from casemate.governance.fields import Fields, InvalidStatement, time_text
from casemate.governance.note import VerifierKey
from casemate.governance.statement import Body, open_statement

INCIDENT = "casemate/incident@v1"
CLOSING = "casemate/incident-closing@v1"
SHORTEST_REASON = 20  # characters: less is no reason

GAIN = (
    "nothing that could not be done before",
    "saves somebody skilled time",
    "lets somebody skilled do what they could not do",
    "lets somebody unskilled do harm",
)
BREADTH = (
    "one's own test alone",
    "one target or one user",
    "many of an organisation",
    "anybody, beyond the organisation",
)
WEAPONISATION = (
    "no form that could be used",
    "usable after expert work",
    "usable after small changes",
    "usable as it is",
)
DISCOVERABILITY = (
    "known to us alone, and hard to find",
    "found by an expert who looks for it",
    "hinted at in public, or found without effort",
    "public, or already used",
)
"""What 0, 1, 2 and 3 of each factor mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """The four facts that a severity follows from, each from 0 to 3. gain: of capability. breadth: of who or what is affected."""

    gain: int
    breadth: int
    weaponisation: int
    discoverability: int

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0 <= value <= 3:
                raise ValueError(f"{name} is from 0 to 3: {value!r}")

    @property
    def severity(self) -> int:
        """From 0 to 4, by the rule in docs/incidents.md.

        Without any gain nobody can do anything new: 0. Else the sum of the four decides, 1 to 4 giving 1, 5 to 7 giving 2, 8 to
        10 giving 3, more giving 4. But what somebody can do, and how ready it lies, must not be averaged away by the two others,
        which may change over night: gain and weaponisation of 5 together give at least 3; of 6, where it is also widespread or
        easily found (2 or more), 4.
        """
        if not self.gain:
            return 0
        total = self.gain + self.breadth + self.weaponisation + self.discoverability
        by_sum = 1 + (total >= 5) + (total >= 8) + (total >= 11)
        ready = self.gain + self.weaponisation
        by_pair = 3 * (ready >= 5) + (ready == 6 and max(self.breadth, self.discoverability) >= 2)
        return max(by_sum, by_pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that happened. what: in words. happened: when it was noticed. by: name of who opens it, for people."""

    what: str
    factors: Factors
    happened: datetime
    by: str

    def body(self) -> Body:
        """What is signed, as `sign_statement(INCIDENT, …)` takes it. Its severity is there to be read, and is computed again."""
        return {
            "what": self.what,
            "factors": asdict(self.factors),
            "severity": self.factors.severity,
            "happened": time_text(self.happened),
            "by": self.by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """That an incident is over. incident: its identity. reason: what was done about it."""

    incident: str
    reason: str
    closed: datetime
    by: str

    def body(self) -> Body:
        """What is signed, as `sign_statement(CLOSING, …)` takes it."""
        return {
            "incident": self.incident,
            "reason": self.reason,
            "closed": time_text(self.closed),
            "by": self.by,
        }


def open_incident(data: bytes, keys: Sequence[VerifierKey]) -> tuple[str, Incident]:
    """Identity and content of an incident that one of the keys signed. Raises InvalidStatement."""
    statement = open_statement(data, INCIDENT, keys)
    fields = statement.fields()
    incident = Incident(
        what=fields.text("what"),
        factors=_factors(fields.part("factors")),
        happened=fields.time("happened"),
        by=fields.text("by"),
    )
    severity = fields.integer("severity", 0, 4)
    fields.end()
    if not incident.what.strip():
        raise InvalidStatement("it does not say what happened")
    if severity != incident.factors.severity:
        raise InvalidStatement(f"it says severity {severity}, and its factors give {incident.factors.severity}")
    return statement.id, incident


def open_closing(data: bytes, keys: Sequence[VerifierKey]) -> tuple[str, Closing]:
    """Identity and content of a closing that one of the keys signed. Raises InvalidStatement."""
    statement = open_statement(data, CLOSING, keys)
    fields = statement.fields()
    closing = Closing(
        incident=fields.digest("incident"),
        reason=fields.text("reason"),
        closed=fields.time("closed"),
        by=fields.text("by"),
    )
    fields.end()
    if len(closing.reason.strip()) < SHORTEST_REASON:
        raise InvalidStatement(f"its reason has fewer than {SHORTEST_REASON} characters")
    return statement.id, closing


def _factors(fields: Fields) -> Factors:
    factors = Factors(
        gain=fields.integer("gain", 0, 3),
        breadth=fields.integer("breadth", 0, 3),
        weaponisation=fields.integer("weaponisation", 0, 3),
        discoverability=fields.integer("discoverability", 0, 3),
    )
    fields.end()
    return factors
