"""Near-misses: what was denied, and calls that were refused; newest first, and read no further than asked for."""

from itertools import islice

import pytest

from casemate.governance.errors import Denied
from casemate.governance.ledger import Ledger
from casemate.governance.nearmiss import near_misses
from governance.support import SIGNER, SOURCE, ManualClock, MemoryStore, MemoryTree, a_wall


class CountedStore(MemoryStore):
    """Which entry bundles were read."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    def read(self, name):
        if name.startswith("tile/entries/"):
            self.seen.add(name)
        return super().read(name)


def test_they_are_found_newest_first_across_bundles():
    """300 operations, of which some were denied from without, some from within, and one had a call refused."""
    store = CountedStore()
    ledger = Ledger(store=store, signer=SIGNER)
    clock = ManualClock()
    wall = a_wall(ledger=ledger, clock=clock)
    expected = []
    for number in range(300):
        clock.move(minutes=1)
        if number in (3, 130, 299):
            with pytest.raises(Denied), wall.operation("release", subject=(SOURCE,)):
                pass
            expected.append(("release", "operation"))
        elif number == 7:
            with pytest.raises(Denied), wall.operation("scan", subject=(SOURCE,)):
                raise Denied("the gate is closed", "ask")
            expected.append(("scan", "the gate is closed"))
        elif number == 200:
            with wall.operation(
                "scan", subject=(SOURCE,), grant=wall.grant().narrow(ports=("Operation", "SourceTree"))
            ) as op:
                op.store(MemoryTree()).get("x")
            expected.append(("scan", ""))
        else:
            with wall.operation("scan", subject=(SOURCE,)):
                pass
    size = ledger.head()[0].size
    found = list(near_misses(ledger, size))
    assert [one.operation for one in found] == [name for name, _ in reversed(expected)]
    assert [one.reason for one in found][-1].startswith("Operation.release takes a grant for 'release'")
    assert found[3].reason == "the gate is closed"
    assert (found[1].refused, found[1].reason) == (1, "")
    assert all(one.names == ("./src",) and one.actor == "alice" for one in found)
    assert [one.index for one in found] == sorted((one.index for one in found), reverse=True)
    store.seen.clear()
    assert len(list(islice(near_misses(ledger, size), 1))) == 1
    assert {name.partition(".")[0] for name in store.seen} == {"tile/entries/002"}


def test_an_empty_ledger_has_none():
    """Nothing recorded, nothing missed."""
    assert list(near_misses(a_wall()._ledger, 0)) == []
