"""What the wall holds whatever a process does: no release beyond what it reserved, no entry older than the one before it."""

from datetime import timedelta

import pytest

from casemate.governance.audit import audit
from casemate.governance.charter import Quotas, Target, Tier
from casemate.governance.errors import Denied
from casemate.governance.policy import Policy, Rule
from governance.support import NOON, SOURCE, ManualClock, a_charter, a_ledger, a_wall

BUNDLES = ["ab" * 32, "cd" * 32, "ef" * 32]
RELEASES = a_charter(tier=Tier.RELEASE, quotas=Quotas(releases=3), until=NOON.date() + timedelta(days=9))


def test_a_release_hands_out_what_it_reserved():
    """As many bundles as it asked for, the same one as often as it likes, and not one more."""
    with a_wall(charter=RELEASES).operation("release", subject=(SOURCE,), bundles=2) as op:
        for bundle in (BUNDLES[0], BUNDLES[1], BUNDLES[0]):
            op.keep(bundle)
        with pytest.raises(Denied, match="a release of 2 bundles hands out no more"):
            op.keep(BUNDLES[2])
    with a_wall(charter=RELEASES).operation("prove", subject=(SOURCE,)) as op:
        op.keep(BUNDLES[0])  # what it made, not what it hands out
    with pytest.raises(ValueError, match="a count: -1"), a_wall().operation("scan", subject=(SOURCE,), bundles=-1):
        pass


def test_what_was_handed_out_before_a_refusal_stays_used():
    """An operation that hands out two of three and then ends as denied gives back one."""
    ledger = a_ledger()
    wall = a_wall(charter=RELEASES, ledger=ledger)
    with pytest.raises(Denied), wall.operation("release", subject=(SOURCE,), bundles=3) as op:
        op.keep(BUNDLES[0])
        op.keep(BUNDLES[1])
        raise Denied("something else", next_step="ask")
    more = wall.operation("release", subject=(SOURCE,), bundles=2)
    with pytest.raises(Denied, match="quota of 3 released bundles a day leaves 1"), more:
        pass
    with wall.operation("release", subject=(SOURCE,), bundles=1):
        pass


def test_no_entry_is_older_than_the_one_before_it():
    """The clock goes back within an operation, and between two processes: times in the ledger do not."""
    clock, ledger = ManualClock(), a_ledger()
    charter = a_charter(until=NOON.date() + timedelta(days=9))
    one, other = (
        a_wall(clock=clock, ledger=ledger, charter=charter),
        a_wall(clock=clock, ledger=ledger, charter=charter),
    )
    with one.operation("scan", subject=(SOURCE,)):
        clock.move(hours=5)
        with other.operation("scan", subject=(SOURCE,)):
            clock.move(hours=-9)
    outer, inner = audit(ledger).operations
    times = [outer.before.time, inner.before.time, inner.after.time, outer.after.time]
    assert times == [NOON, *[NOON + timedelta(hours=5)] * 3]


def test_a_port_that_has_seen_the_end_is_not_set_back():
    """The charter ends while an operation runs; then the clock goes back, and another port of it is asked."""
    clock = ManualClock()
    with a_wall(clock=clock).operation("scan", subject=(SOURCE,)) as op:
        clock.move(days=3)
        with pytest.raises(Denied):
            op.tree(object())
        clock.move(days=-3)
        with pytest.raises(Denied):
            op.root(object())


@pytest.mark.parametrize(
    "fields",
    [{"actions": "unscanned"}, {"actions": ["scan"]}, {"actions": frozenset({""})}, {"tier": "find"}, {"port": None}],
)
def test_a_malformed_rule_is_none(fields):
    """A text would permit every part of itself; another type would break when it is asked."""
    with pytest.raises(ValueError, match="a rule "):
        Rule(**{"tier": Tier.FIND, "port": "Operation", "actions": frozenset({"scan"}), **fields})


@pytest.mark.parametrize("rules", [[], None, ("scan",), {Rule(tier=Tier.FIND, port="x", actions=frozenset({"y"}))}])
def test_a_malformed_policy_is_none(rules):
    """A policy is a tuple of rules."""
    with pytest.raises(ValueError, match="a tuple of rules"):
        Policy(rules=rules)


def test_a_target_with_path_and_mark_covers_what_has_both():
    """So a grant for what bears a mark, narrowed to a folder that bears it, does not cover what lies there without it."""
    mark = frozenset({"image:sha256:" + "a" * 64})
    both = Target(name="x", path="/srv", marks=mark)
    assert both.covers(Target(name="y", path="/srv/y", marks=mark))
    assert not both.covers(Target(name="y", path="/srv/y"))
    assert not both.covers(Target(name="y", path="/etc", marks=mark))
