"""Decisions about properties: a person says that one must hold, or that it need not, under their own key.

A decision names the finding and the digest of all that the person was shown; so it says nothing of any other property, of the
same one after a change, nor of another target. Whose key counts, and which of a person's decisions is the last, is not for the
file to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from casemate.governance.fields import InvalidStatement, time_text
from casemate.governance.note import VerifierKey, parse_key
from casemate.governance.statement import Body, open_statement, read_unverified
from casemate.model.decision import Decided, Stance

DECISION = "casemate/property-decision@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is signed. finding: its identity. property: its digest. statement: its words, for readers. who: name of the person,
    for people. person: their key. until: the last day (UTC). id: of the statement, "" before it is signed."""

    stance: Stance
    finding: str
    property: str
    statement: str
    reason: str
    who: str
    person: VerifierKey
    made: datetime
    until: date
    id: str = ""

    def body(self) -> Body:
        """As it is signed."""
        return {
            "finding": self.finding,
            "made": time_text(self.made),
            "person": str(self.person),
            "property": self.property,
            "reason": self.reason,
            "stance": self.stance.value,
            "statement": self.statement,
            "until": self.until.isoformat(),
            "who": self.who,
        }


def open_decision(data: bytes, keys: Sequence[VerifierKey]) -> Decision:
    """What one of these people decided, and signed. Raises InvalidStatement."""
    statement = open_statement(data, DECISION, keys)
    fields = statement.fields()
    decision = Decision(
        stance=fields.choice("stance", Stance),
        finding=fields.digest("finding"),
        property=fields.digest("property"),
        statement=fields.text("statement"),
        reason=fields.text("reason"),
        who=fields.text("who"),
        person=fields.key("person"),
        made=fields.time("made"),
        until=fields.choice("until", date.fromisoformat),
        id=statement.id,
    )
    fields.end()
    if decision.person not in statement.signers:
        raise InvalidStatement("it is signed by another person than the one who decides")
    if not decision.reason.strip():
        raise InvalidStatement("it gives no reason")
    return decision


def signed_by(data: bytes) -> VerifierKey:
    """Whom a decision says it is of: to look up whose signature it should have. Raises InvalidStatement."""
    _, body = read_unverified(data, DECISION)
    try:
        return parse_key(str(body.get("person")))
    except ValueError as error:
        raise InvalidStatement(f"it names nobody who decides ({error})") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciders:
    """Whose decisions count here. keys: of people. own: of the operator, None where it does not matter. last: of those that the
    operator made the last about each property, by the operator's ledger. withdrawn: identities that were revoked."""

    keys: tuple[VerifierKey, ...]
    own: VerifierKey | None
    last: Mapping[str, str]
    withdrawn: frozenset[str] = frozenset()


def counts(data: bytes, deciders: Deciders, *, finding: str, property: str, now: datetime) -> Decided | str:
    """A decision, as far as it counts here and now for this property; why it does not."""
    try:
        decision = open_decision(data, deciders.keys)
    except InvalidStatement as error:
        return f"the decision is not one that counts here: {error}"
    if decision.finding != finding:
        return f"the decision is about another finding, {decision.finding[:12]}"
    if decision.property != property:
        return "the decision is about another property, or it or the code that it is about was changed since"
    if decision.id in deciders.withdrawn:
        return "the decision was revoked"
    if decision.person == deciders.own and deciders.last.get(property) != decision.id:
        return "the decision is not the last one that this operator's ledger knows of this property"
    if now < decision.made:
        return f"the decision begins at {time_text(decision.made)}"
    if now.astimezone(UTC).date() > decision.until:
        return f"the decision ended on {decision.until.isoformat()}"
    return Decided(
        stance=decision.stance,
        who=decision.who,
        key=decision.person.name,
        reason=decision.reason,
        until=decision.until.isoformat(),
        id=decision.id,
    )
