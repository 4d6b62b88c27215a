"""Grants only ever become smaller."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.governance.charter import Target, Tier
from casemate.governance.grants import Grant
from governance.support import NOON, SOURCE, a_charter

PORTS = ("Operation", "SourceTree", "Store", "Executor")
GRANT = Grant.of(a_charter(tier=Tier.FIX), ports=PORTS)
NAMES = ("scan", "slice", "host", "agent-scout", "charter-add", "import")
PLACES = [
    Target(name=p, path=p) for p in ("/", "/home/alice", "/home/alice/src", "/home/alice/src/a", "/home/alice/src2")
]

requests = st.fixed_dictionaries(
    {},
    optional={
        "tier": st.sampled_from(Tier),
        "targets": st.lists(st.sampled_from(PLACES), max_size=3),
        "ports": st.sets(st.sampled_from([*PORTS, "Sandbox"])),
        "operations": st.sets(st.sampled_from(NAMES)),
        "expires": st.integers(-100, 100).map(lambda hours: NOON + timedelta(hours=hours)),
    },
)


def test_widest_grant():
    """The grant under a charter is the charter's: holder, tier, targets, end."""
    assert (
        Grant(
            holder="alice",
            tier=Tier.FIX,
            targets=(SOURCE,),
            ports=frozenset(PORTS),
            expires=datetime.fromisoformat("2026-11-26T00:00:00Z"),
        )
        == GRANT
    )


@given(st.booleans(), st.lists(requests, max_size=4))
def test_narrowing_never_widens(bounded, steps):
    """Whatever is asked for, in any number of steps, nothing is gained."""
    grant = GRANT.narrow(operations=["scan", "host"]) if bounded else GRANT
    for step in steps:
        narrower = grant.narrow(**step)
        assert grant.tier.includes(narrower.tier)
        assert narrower.ports <= grant.ports
        assert all(not narrower.begins(name) or grant.begins(name) for name in NAMES)
        assert all(narrower.begins(n) == (grant.begins(n) and n in step.get("operations", NAMES)) for n in NAMES)
        assert narrower.expires <= grant.expires
        assert all(not narrower.covers(place) or grant.covers(place) for place in PLACES)
        grant = narrower


def test_narrowing_gives_what_is_within():
    """What lies within the grant is given as asked."""
    inner = Target(name="a", path="/home/alice/src/a")
    narrower = GRANT.narrow(
        holder="worker 1",
        tier=Tier.FIND,
        targets=[inner],
        ports=["SourceTree"],
        operations=["scan"],
        expires=NOON + timedelta(minutes=1),
    )
    assert narrower == Grant(
        holder="worker 1",
        tier=Tier.FIND,
        targets=(inner,),
        ports=frozenset({"SourceTree"}),
        operations=frozenset({"scan"}),
        expires=NOON + timedelta(minutes=1),
    )
    assert GRANT.narrow() == GRANT


def test_what_lies_beyond_is_left_out():
    """A request for more gives the same or nothing, not an error and not more."""
    assert GRANT.narrow(tier=Tier.RELEASE, ports=["Sandbox", "Store"]) == replace(GRANT, ports=frozenset({"Store"}))
    assert GRANT.narrow(targets=[Target(name="/", path="/")]).targets == ()


def test_a_set_of_operations():
    """None is all, an empty set is none, and a text, which would hold every part of itself, is neither."""
    assert GRANT.operations is None and GRANT.begins("scan")
    assert not GRANT.narrow(operations=[]).begins("scan")
    with pytest.raises(ValueError, match="set of names of operations, not 'scan'"):
        replace(GRANT, operations="scan")


def test_naive_expiry():
    """A time without a zone is no expiry."""
    with pytest.raises(ValueError, match="aware time"):
        replace(GRANT, expires=NOON.replace(tzinfo=None))


def marked(place, *marks):
    return replace(place, path="" if place.path == "/" else place.path, marks=frozenset(marks))


ANYWHERE = [
    marked(place, *marks)
    for place in PLACES
    for marks in ((), ("host:a",), ("host:a", "image:b"))
    if place.path != "/" or marks
]


@given(
    st.lists(st.sampled_from(ANYWHERE), max_size=3), st.lists(st.sampled_from(ANYWHERE), max_size=3), requests, requests
)
def test_what_two_grants_allow(ours, theirs, one, other):
    """Within another a grant allows just what both do, whichever is asked."""
    mine = replace(GRANT.narrow(**one), holder="me", targets=tuple(ours))
    outer = replace(GRANT.narrow(**other), targets=tuple(theirs))
    found = mine.within(outer)
    assert found.holder == "me" and found.expires == min(mine.expires, outer.expires)
    assert (
        found.tier is min(mine.tier, outer.tier, key=lambda tier: tier.rank) and found.ports == mine.ports & outer.ports
    )
    assert all(found.begins(name) == (mine.begins(name) and outer.begins(name)) for name in NAMES)
    assert all(found.covers(place) == (mine.covers(place) and outer.covers(place)) for place in ANYWHERE)
