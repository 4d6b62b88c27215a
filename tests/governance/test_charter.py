"""The charter: what may be examined, how far, by whom, until when."""

from datetime import UTC, date, datetime

import pytest

from casemate.governance.charter import Target, Tier, single_operator
from governance.support import NOON, SOURCE, a_charter


def test_single_operator():
    """Who names a path may find things there until the end of the next day, and no more."""
    charter = single_operator([SOURCE], NOON, who="alice")
    assert charter == a_charter(tier=Tier.FIND, until=date(2026, 11, 25))
    assert charter.line() == "charter: find under ./src, for alice, until 2026-11-25 (made for this path)"


def test_several_paths():
    """Each named path is a target, and all stand in the line."""
    charter = single_operator([SOURCE, Target(name="/opt/x", path="/opt/x")], NOON, who="alice")
    assert charter.line() == "charter: find under ./src, /opt/x, for alice, until 2026-11-25 (made for these paths)"


def test_the_model_that_an_operator_names():
    """It stands in the line and in the digest; without one both are as before."""
    charter = single_operator([SOURCE], NOON, who="alice", endpoint="https://llm.example/v1")
    plain = single_operator([SOURCE], NOON, who="alice")
    assert charter.models == frozenset({"https://llm.example/v1"})
    assert charter.line() == (
        "charter: find under ./src, asking the model at https://llm.example/v1, for alice, until 2026-11-25 (made for this path)"
    )
    assert charter.statement() == (*plain.statement(), "model https://llm.example/v1")
    assert plain.models == frozenset()


def test_no_path():
    """A charter for nothing says so and covers nothing."""
    charter = single_operator([], NOON, who="alice")
    assert "find under nothing" in charter.line()
    assert charter.refusal(tier=Tier.FIND, subject=(SOURCE,), now=NOON) == "the charter does not cover './src'"


@pytest.mark.parametrize(
    ("path", "covered"),
    [
        ("/home/alice/src", True),
        ("/home/alice/src/deep/file.py", True),
        ("/home/alice/src/", True),
        ("/home/alice/src2", False),
        ("/home/alice/sr", False),
        ("/home/alice", False),
        ("/", False),
    ],
)
def test_containment_is_by_component(path, covered):
    """A target covers itself and what lies below it, not what merely begins with the same letters."""
    refusal = a_charter().refusal(tier=Tier.FIND, subject=(Target(name="x", path=path),), now=NOON)
    assert refusal == (None if covered else "the charter does not cover 'x'")


def test_every_place_must_be_covered():
    """One place outside is enough for a refusal."""
    other = Target(name="../secret", path="/home/alice/secret")
    assert a_charter().refusal(tier=Tier.FIND, subject=(SOURCE, other), now=NOON) == (
        "the charter does not cover '../secret'"
    )


@pytest.mark.parametrize("path", ["src", "./src", "/home/../etc", ""])
def test_targets_are_resolved(path):
    """A path that is relative or climbs is no target: containment could not be decided."""
    with pytest.raises(ValueError, match="absolute and resolved"):
        Target(name="x", path=path)


def test_tiers_are_ordered():
    """Each tier includes those before it, and no later one."""
    find, prove, fix, release = Tier
    assert release.includes(fix) and fix.includes(prove) and prove.includes(find) and find.includes(find)
    assert not find.includes(prove) and not fix.includes(release)


def test_tier_of_a_charter():
    """A charter to find does not allow to prove; one to fix allows both."""
    refused = a_charter(tier=Tier.FIND).refusal(tier=Tier.PROVE, subject=(SOURCE,), now=NOON)
    assert refused == "the charter allows 'find', not 'prove'"
    assert a_charter(tier=Tier.FIX).refusal(tier=Tier.PROVE, subject=(SOURCE,), now=NOON) is None


def test_end_of_a_charter():
    """The last day counts whole, in UTC; the next moment does not."""
    last = datetime(2026, 11, 25, 23, 59, 59, 999_999, tzinfo=UTC)
    assert a_charter().refusal(tier=Tier.FIND, subject=(SOURCE,), now=last) is None
    after = datetime(2026, 11, 26, tzinfo=UTC)
    assert a_charter().refusal(tier=Tier.FIND, subject=(SOURCE,), now=after) == "the charter ended on 2026-11-25"


@pytest.mark.parametrize(
    "change",
    [
        {"who": "bob"},
        {"tier": Tier.FIX},
        {"until": date(2027, 1, 1)},
        {"made_for": "the bank"},
        {"targets": (Target(name="./src", path="/home/bob/src"),)},
        {"targets": (SOURCE, SOURCE)},
    ],
)
def test_statement_covers_everything(change):
    """Charters that differ in anything have different statements, and so different digests."""
    assert a_charter(**change).statement() != a_charter().statement()
