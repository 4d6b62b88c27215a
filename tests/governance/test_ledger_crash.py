"""A process may die at any step of an append: the log stays valid, with the entry or without it."""

from contextlib import suppress

import pytest

from casemate.governance.audit import audit
from casemate.governance.errors import LedgerMissing
from governance.support import Died, MemoryStore, MortalStore, a_ledger, a_log_of


def size_after(files: dict[str, bytes]) -> int:
    """The number of entries after a restart, with everything checked."""
    try:
        result = audit(a_ledger(MemoryStore(files)))
    except LedgerMissing:
        return 0
    assert result.problems == ()
    return result.head.size


@pytest.mark.parametrize("size", [0, 1, 2, 254, 255, 256, 257, 510, 511, 512])
def test_death_at_every_step(size):
    """After a death the log has the old size or the new one; what is left over is overwritten by the appends that follow."""
    files = a_log_of(*(b"%d" % i for i in range(size))).files
    outcomes = []
    for steps in (*range(10), *range(10, 1000, 67)):  # from the tenth on only superseded files are removed
        store = MortalStore(dict(files), steps)
        try:
            a_ledger(store).append(b"new")
        except Died:
            reached = size_after(store.files)
        else:
            break
        outcomes.append(reached)
        survivor = MemoryStore(store.files)
        log = a_ledger(survivor)
        for i in range(3):
            assert log.append(b"after the restart %d" % i) == reached + i
        assert size_after(survivor.files) == reached + 3
        assert audit(log).leftovers == ()
        assert log.prove(reached).entry == b"after the restart 0"
    assert outcomes == sorted(outcomes)
    assert set(outcomes) <= {size, size + 1}
    assert outcomes[0] == size
    assert size_after(store.files) == size + 1


def test_two_deaths_in_a_row():
    """Leftovers of one death do not spoil the next attempt, wherever that dies."""
    files = a_log_of(*(b"%d" % i for i in range(255))).files
    for first in range(4):
        for second in range(4):
            store = MortalStore(dict(files), first)
            with pytest.raises(Died):
                a_ledger(store).append(b"one")
            store.steps = second
            with pytest.raises(Died):
                a_ledger(store).append(b"two")
            assert size_after(store.files) == 255
            assert a_ledger(MemoryStore(store.files)).append(b"three") == 255
            assert size_after(store.files) == 256


@pytest.mark.parametrize(
    ("size", "count", "later"), [(0, 300, 5), (10, 5, 10), (250, 12, 30), (255, 260, 600), (256, 40, 20)]
)
def test_death_at_every_step_of_many_at_once(size, count, later):
    """All of them are there or none; and what was left of sizes that are skipped later is never taken for damage."""
    files = a_log_of(*(b"%d" % i for i in range(size))).files
    steps, reached = 0, size
    while reached == size:
        store = MortalStore(dict(files), steps)
        with suppress(Died):
            a_ledger(store).append_many([b"lost %d" % i for i in range(count)])
        reached = size_after(store.files)
        assert reached in (size, size + count)
        for more in (
            [b"after %d" % i for i in range(later)],
            [b"one"],
            [b"two", b"three"],
            [b"%d" % i for i in range(300)],
        ):
            survivor = MemoryStore(dict(store.files))
            log = a_ledger(survivor)
            assert log.append_many(more) == reached
            assert log.append_many([b"last", b"of all"]) == reached + len(more)
            assert size_after(survivor.files) == reached + len(more) + 2
        steps += 1
    assert steps > 3
