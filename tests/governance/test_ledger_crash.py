"""A process may die at any step of an append, or lose any write that was not yet durable: the log stays valid."""

import pytest

from casemate.governance.audit import audit
from casemate.governance.errors import LedgerMissing
from governance.support import Died, MemoryStore, MortalStore, a_ledger

SIZES = (0, 1, 254, 255, 256, 300, 511, 600)


def grown(size: int) -> dict[str, bytes]:
    store = MemoryStore()
    log = a_ledger(store)
    if size:
        log.append([b"%d" % i for i in range(max(0, size - 5))])
        for i in range(max(0, size - 5), size):
            log.append([b"%d" % i])
    return store.files


def size_after(files: dict[str, bytes]) -> int:
    """The number of entries after a restart, with everything checked."""
    log = a_ledger(MemoryStore(files))
    try:
        result = audit(log)
    except LedgerMissing:
        return 0
    assert result.problems == ()
    return result.head.size


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("added", [1, 2, 300])
def test_death_at_every_step(size, added):
    """After a death the log has the old size or the new one, and a restart appends to it."""
    files = grown(size)
    outcomes = []
    steps = 0
    while True:
        store = MortalStore(dict(files), steps)
        try:
            a_ledger(store).append([b"new %d" % i for i in range(added)])
        except Died:
            outcomes.append(size_after(store.files))
        else:
            break
        log = a_ledger(MemoryStore(store.files))
        assert log.append([b"after the restart"]) == outcomes[-1]
        assert size_after(store.files) == outcomes[-1] + 1
        assert log.prove(outcomes[-1]).entry == b"after the restart"
        steps += 1
    assert set(outcomes) <= {size, size + added}
    assert outcomes == sorted(outcomes)
    assert outcomes[0] == size
    assert size_after(store.files) == size + added
