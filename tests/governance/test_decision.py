"""Decisions about properties: what counts, and every way in which one does not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from casemate.adapters.keys import FileSigner
from casemate.governance.decision import DECISION, Deciders, Decision, counts, open_decision, signed_by
from casemate.governance.entries import Outcome, decode
from casemate.governance.fields import InvalidStatement
from casemate.governance.standing import DECIDE, Standing, dump, load
from casemate.governance.statement import cosign, person_key, sign_statement, statement_id, statement_text
from casemate.model.decision import Decided, Stance
from governance.test_standing import ended

ALICE, BOB = FileSigner(b"a" * 32), FileSigner(b"b" * 32)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
FINDING, PROPERTY = "ab" * 32, "cd" * 32


def decision(**changes):
    return Decision(
        **{
            "stance": Stance.ACCEPTED,
            "finding": FINDING,
            "property": PROPERTY,
            "statement": "Nobody sees an account of another.",
            "reason": "house rules 3.2",
            "who": "Alice",
            "person": person_key(ALICE.public_key),
            "made": NOON,
            "until": date(2027, 1, 31),
            **changes,
        }
    )


def signed(by=ALICE, **changes):
    return sign_statement(DECISION, decision(**changes).body(), by)


def said(data, now=NOON, finding=FINDING, property=PROPERTY, **deciders):
    """What the decision comes to, for an operator who is Bob, and counts Alice's word."""
    who = Deciders(
        **{
            "keys": (person_key(ALICE.public_key), person_key(BOB.public_key)),
            "own": person_key(BOB.public_key),
            "last": {},
            **deciders,
        }
    )
    return counts(data, who, finding=finding, property=property, now=now)


def test_one_that_counts():
    """Whose it is, why, and until when: on the last day still."""
    text = statement_text(DECISION, decision().body())
    expected = Decided(
        stance=Stance.ACCEPTED,
        who="Alice",
        key=person_key(ALICE.public_key).name,
        reason="house rules 3.2",
        until="2027-01-31",
        id=statement_id(text),
    )
    assert said(signed()) == expected
    assert said(signed(), now=datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)) == expected
    assert said(signed(stance=Stance.REFUSED)).stance is Stance.REFUSED
    assert signed_by(signed()) == person_key(ALICE.public_key)


@pytest.mark.parametrize(
    ("data", "changes", "why"),
    [
        (signed(by=BOB), {}, "signed by another person than the one who decides"),
        (signed(), {"keys": (person_key(BOB.public_key),)}, "signed by nobody whose signature counts here"),
        (signed(), {"keys": ()}, "signed by nobody whose signature counts here"),
        (signed().replace(b"house", b"horse"), {}, "is not one that counts here: the signature"),
        (signed().replace(b"accepted", b"refused"), {}, "is not one that counts here"),
        (b"", {}, "is not one that counts here"),
        (signed()[:-30], {}, "is not one that counts here"),
        (signed(finding="ef" * 32), {}, "about another finding, efefefefefef"),
        (
            signed(property="ef" * 32),
            {},
            "about another property, or it or the code that it is about was changed since",
        ),
        (signed(), {"now": datetime(2027, 2, 1, tzinfo=UTC)}, "ended on 2027-01-31"),
        (signed(), {"now": NOON - timedelta(seconds=1)}, "begins at 2026-11-30T12:00:00Z"),
        (signed(reason="  "), {}, "it gives no reason"),
        (
            signed(),
            {"withdrawn": frozenset({statement_id(statement_text(DECISION, decision().body()))})},
            "was revoked",
        ),
        (signed(), {"own": person_key(ALICE.public_key)}, "not the last one that this operator's ledger knows"),
        (
            signed(),
            {"own": person_key(ALICE.public_key), "last": {PROPERTY: "00" * 32}},
            "not the last one that this operator's ledger knows",
        ),
    ],
)
def test_one_that_does_not(data, changes, why):
    """And why, in one line."""
    found = said(data, **changes)
    assert isinstance(found, str) and why in found and "\n" not in found


def test_ones_own_counts_as_the_ledger_has_it():
    """The last that it knows of this property."""
    last = {PROPERTY: statement_id(statement_text(DECISION, decision().body()))}
    assert isinstance(said(signed(), own=person_key(ALICE.public_key), last=last), Decided)


def test_a_second_signature_adds_nothing():
    """The one who decides must have signed, whoever else did."""
    assert isinstance(said(cosign(signed(), BOB)), Decided)
    with pytest.raises(InvalidStatement, match="another person"):
        open_decision(cosign(signed(by=BOB), FileSigner(b"c" * 32)), (person_key(BOB.public_key),))


@pytest.mark.parametrize("field", sorted(decision().body()))
def test_every_field_is_there(field):
    """One that lacks any says nothing, and so does one with more."""
    body = dict(decision().body())
    more = sign_statement(DECISION, {**body, "more": "x"}, ALICE)
    del body[field]
    keys = (person_key(ALICE.public_key),)
    for data in (more, sign_statement(DECISION, body, ALICE)):
        with pytest.raises(InvalidStatement):
            open_decision(data, keys)


def test_the_ledger_knows_the_last():
    """Of each property, and after it was kept and read back; one that was denied changes nothing."""
    standing = Standing()
    standing.take(ended(DECIDE, 0, property=PROPERTY, decision="1" * 64))
    standing.take(ended(DECIDE, 2, property=PROPERTY, decision="2" * 64))
    standing.take(ended(DECIDE, 4, property="ef" * 32, decision="3" * 64))
    assert standing.decided == {PROPERTY: "2" * 64, "ef" * 32: "3" * 64}
    assert load(dump(standing)).decided == standing.decided
    before, after = ended(DECIDE, 6, property=PROPERTY, decision="4" * 64)
    standing.take([before, replace(decode(after), outcome=Outcome.DENIED).encode()])
    assert standing.decided[PROPERTY] == "2" * 64
