"""An acceptance that nobody gave: no attempt succeeds, and the class notices when what stops one is not there."""

from dataclasses import replace

import pytest

from casemate.evidence.stated import Stated
from casemate.governance import decision
from casemate.governance.policy import Rule, Tier
from casemate.governance.statement import Statement, read_unverified, statement_id
from casemate.model import finding
from casemate.safeguards import scene
from casemate.safeguards.attacks import property_accepted
from casemate.safeguards.trial import made


def succeeded(count=160, seed=20261130):
    """What came of those attempts that succeeded."""
    tried = (made(property_accepted.ATTACK, seed, number) for number in range(count))
    return {one.what for one in tried if one.succeeded}


def unsigned(data, kind, keys):
    """Whoever signed it."""
    text, body = read_unverified(data, kind)
    return Statement(kind=kind, body=body, id=statement_id(text), signers=tuple(keys))


_statement, _open = decision.open_statement, decision.open_decision


def by_all(data, kind, keys):
    """Signed by one who counts, it is signed by all who do."""
    return replace(_statement(data, kind, keys), signers=tuple(keys))


def of_anything(field, value):
    """A decision is read as one about whatever is asked."""

    def opened(data, keys):
        return replace(_open(data, keys), **{field: value})

    return opened


class Anything(str):
    """Equal to whatever it is compared with."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


def any_tier(patch):
    """Deciding takes what an agent has."""
    rules = tuple(
        Rule(tier=Tier.FIND, port=rule.port, actions=rule.actions) if "property-decide" in rule.actions else rule
        for rule in scene.HOUSE_POLICY.rules
    )
    patch.setattr(scene, "HOUSE_POLICY", replace(scene.HOUSE_POLICY, rules=rules))


def any_ledger(patch):
    """What the ledger knows is not asked."""
    counts = decision.counts
    patch.setattr(property_accepted, "counts", lambda data, who, **about: counts(data, replace(who, own=None), **about))


def never_revoked(patch):
    counts = decision.counts
    patch.setattr(
        property_accepted,
        "counts",
        lambda data, who, **about: counts(data, replace(who, withdrawn=frozenset()), **about),
    )


def any_time(patch):
    counts = decision.counts
    patch.setattr(
        property_accepted,
        "counts",
        lambda data, who, **about: counts(data, who, **{**about, "now": property_accepted.NOON}),
    )


UNDONE = [
    ("a stranger", lambda patch: patch.setattr(decision, "open_statement", unsigned)),
    ("a refusal turned", lambda patch: (patch.setattr(decision, "open_statement", unsigned), any_ledger(patch))),
    ("in another's name", lambda patch: patch.setattr(decision, "open_statement", by_all)),
    (
        "a word of the property is another",
        lambda patch: patch.setattr(decision, "open_decision", of_anything("property", Anything("x"))),
    ),
    (
        "a word of the property is another",
        lambda patch: patch.setattr(Stated, "digest", property(lambda self: "ab" * 32)),
    ),
    (
        "another finding",
        lambda patch: patch.setattr(decision, "open_decision", of_anything("finding", Anything("x"))),
    ),
    ("a key without its person", any_ledger),
    ("brought back", any_ledger),
    ("revoked", never_revoked),
    ("out of its time", any_time),
    ("an agent decides", any_tier),
    ("marked by hand", lambda patch: patch.setattr(finding.Finding, "__post_init__", lambda self: None)),
]


@pytest.mark.parametrize(("what", "undo"), UNDONE, ids=[f"{what}-{n}" for n, (what, _) in enumerate(UNDONE)])
def test_a_safeguard_that_is_not_there_is_noticed(what, undo, monkeypatch):
    """By the very variant that it stops."""
    assert succeeded() == set()
    undo(monkeypatch)
    assert what in succeeded()


def test_one_that_lets_nothing_count_is_noticed(monkeypatch):
    """The honest acceptance must count, too."""
    monkeypatch.setattr(property_accepted, "counts", lambda data, who, **about: "no")
    assert succeeded(3) == {"broke"}
