"""Incidents at work: opened and closed by signed files, and held open by the ledger alone."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from casemate.adapters.statements import StatementFolder
from casemate.app.authority import Ground, ground
from casemate.app.ground import home, operator
from casemate.app.launch import trusted
from casemate.governance.charter import Target
from casemate.governance.entries import Outcome
from casemate.governance.errors import Denied
from casemate.governance.fields import InvalidStatement, visible_text
from casemate.governance.incident import (
    CLOSING,
    INCIDENT,
    SHORTEST_REASON,
    Closing,
    Factors,
    Incident,
    open_closing,
    open_incident,
)
from casemate.governance.nearmiss import NearMiss, near_misses
from casemate.governance.standing import CLOSE_INCIDENT, OPEN_INCIDENT
from casemate.governance.statement import sign_statement, statement_id, statement_text
from casemate.model.errors import UserError

SHORTEST = 4  # hex digits of an identity that are enough to name it


class Open(NamedTuple):
    """An incident that the ledger holds open. incident: as its signed file tells it, None when that is gone or was changed."""

    id: str
    severity: int
    incident: Incident | None


def open_new(what: str, factors: Factors) -> tuple[str, int]:
    """Open an incident: its identity and severity. Raises UserError for words that cannot be signed."""
    own = ground()
    _signable(what, "what")
    incident = Incident(what=what, factors=factors, happened=own.now(), by=operator())
    id = statement_id(statement_text(INCIDENT, incident.body()))
    subject = _subject(id)
    with own.records(*subject).operation(OPEN_INCIDENT, subject=subject) as operation:
        folder().write(f"{id}.incident", sign_statement(INCIDENT, incident.body(), own.signer))
        operation.state(incident=id, severity=factors.severity)
    return id, factors.severity


def close(name: str, reason: str) -> str:
    """Close an open incident, named by its identity or the beginning of it, for a written reason; its identity.

    Raises UserError, and Denied for somebody whose signature does not count here.
    """
    own = ground()
    if len(reason.strip()) < SHORTEST_REASON:
        raise UserError(
            f"a reason has at least {SHORTEST_REASON} characters",
            "say what was done, so that somebody else can judge it",
        )
    _signable(reason, "reason")
    id = _named(own, name)
    closing = Closing(incident=id, reason=reason, closed=own.now(), by=operator())
    subject = _subject(id)
    with own.records(*subject).operation(CLOSE_INCIDENT, subject=subject) as operation:
        if own.person not in trusted(own).keys:
            raise Denied(
                f"the incident {id[:12]} is not closed: the signature of this operator's key does not count here",
                "let somebody close it whom the installed charter names",
            )
        folder().write(f"{id}.closing", sign_statement(CLOSING, closing.body(), own.signer))
        operation.state(incident=id)
    return id


def open_now(own: Ground) -> tuple[Open, ...]:
    """The open incidents, the most severe first."""
    keys = (own.person, *trusted(own).keys)
    found: list[Open] = []
    for id, severity in own.standing.incidents.items():
        incident = None
        try:
            told, incident = open_incident(folder().read(f"{id}.incident") or b"", keys)
        except InvalidStatement:
            told = ""
        found.append(Open(id, severity, incident if told == id else None))
    return tuple(sorted(found, key=lambda one: (-one.severity, one.id)))


def closed(own: Ground) -> tuple[int, tuple[Closing, ...]]:
    """How many incidents were closed, by the ledger; and those closings whose signed files are there."""
    keys, found = (own.person, *trusted(own).keys), list[Closing]()
    for name in folder().names():
        if name.endswith(".closing"):
            try:
                found.append(open_closing(folder().read(name) or b"", keys)[1])
            except InvalidStatement:
                continue
    count = own.standing.outcomes.get((CLOSE_INCIDENT, Outcome.COMPLETED.value), 0)
    return count, tuple(sorted(found, key=lambda one: (one.closed, one.incident)))


def refused(own: Ground, limit: int) -> tuple[NearMiss, ...]:
    """The last so many near-misses, newest first."""
    return tuple(islice(near_misses(own.ledger, own.standing.size), limit))


def folder() -> StatementFolder:
    """Where the signed files of incidents lie."""
    return StatementFolder(home() / "incidents")


def _named(own: Ground, name: str) -> str:
    found = [id for id in own.standing.incidents if len(name) >= SHORTEST and id.startswith(name)]
    if len(found) != 1:
        what = "no open incident" if not found else f"{len(found)} open incidents"
        raise UserError(f"{what} of the name {name[:80]!r}", "`casemate incident list` shows those that are open")
    return found[0]


def _subject(id: str) -> tuple[Target, ...]:
    return (Target(name=f"incident {id[:12]}", path=str(home() / "incidents")),)


def _signable(text: str, where: str) -> None:
    try:
        visible_text(text, where)
        if not text.strip():
            raise InvalidStatement(f"{where} is empty")
    except InvalidStatement as error:
        raise UserError(str(error), "write it as plain text") from error
