"""The wall: permission, then an entry, then the effect, then another entry, in every case."""

import os
import time
from dataclasses import replace

import pytest

from casemate import __version__
from casemate.adapters.keys import FileSigner
from casemate.adapters.ledger_files import LedgerFolder
from casemate.governance.audit import audit
from casemate.governance.budget import Counts
from casemate.governance.charter import Target, Tier
from casemate.governance.entries import Outcome
from casemate.governance.errors import Denied, LedgerUnavailable
from casemate.governance.ledger import CHECKPOINT, Ledger
from casemate.governance.policy import Policy
from casemate.model.errors import UserError
from casemate.ports import SourceFile
from governance.support import (
    DIGESTS,
    PLENTY,
    SOURCE,
    ManualClock,
    MemoryCache,
    MemoryStore,
    MemoryTree,
    a_charter,
    a_ledger,
    a_wall,
)


def recorded(ledger: Ledger):
    result = audit(ledger)
    assert (result.problems, result.unknown) == ((), 0)
    return result.operations


def test_a_completed_operation():
    """The pair of entries says who did what to what, under which charter and budget, when, and how it ended."""
    clock, ledger = ManualClock(), a_ledger()
    with a_wall(ledger=ledger, clock=clock).operation("scan", subject=(SOURCE,)) as op:
        assert op.tree(MemoryTree()).read(SourceFile(path="a.py", size=8)) == b"one\ntwo\n"
        clock.move(seconds=1.5)
    (operation,) = recorded(ledger)
    before, after = operation.before, operation.after
    assert (before.operation, before.actor, before.tier) == ("scan", "alice", Tier.FIND)
    assert (before.names, before.count) == (("./src",), 1)
    assert before.subject == DIGESTS.texts("casemate/subject", ["/home/alice/src"])
    assert before.charter == DIGESTS.texts("casemate/charter", a_charter().statement())
    assert before.budget == PLENTY
    assert before.tool == f"casemate {__version__}"
    assert (after.outcome, after.reason, after.elapsed_ms) == (Outcome.COMPLETED, "", 1500)
    assert after.used == Counts(files=1, bytes=8, lines=2)
    assert (after.time - before.time).total_seconds() == 1.5


def test_the_before_entry_precedes_the_effect():
    """When the operation's body runs, its first entry is already in the ledger; the second is not."""
    ledger = a_ledger()
    with a_wall(ledger=ledger).operation("scan", subject=(SOURCE,)):
        (operation,) = recorded(ledger)
        assert operation.after is None
    assert recorded(ledger)[0].after is not None


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (ValueError("a secret"), Outcome.FAILED, "ValueError"),
        (KeyboardInterrupt(), Outcome.INTERRUPTED, "KeyboardInterrupt"),
        (SystemExit(143), Outcome.INTERRUPTED, "SystemExit"),
        (GeneratorExit(), Outcome.INTERRUPTED, "GeneratorExit"),
    ],
)
def test_an_operation_that_does_not_complete(error, outcome, reason):
    """However it ends, the end is recorded, by the type of the error and not its message; and the error goes on."""
    ledger = a_ledger()
    with pytest.raises(type(error)) as raised, a_wall(ledger=ledger).operation("scan", subject=(SOURCE,)):
        raise error
    assert raised.value is error
    (operation,) = recorded(ledger)
    assert (operation.after.outcome, operation.after.reason) == (outcome, reason)
    assert b"secret" not in ledger.prove(1).entry


@pytest.mark.parametrize(
    ("change", "operation", "subject", "reason"),
    [
        ({"policy": Policy()}, "scan", (SOURCE,), "the policy is empty and permits nothing"),
        ({}, "hunt", (SOURCE,), "no rule permits Operation.hunt"),
        ({}, "scan", (Target(name="/etc", path="/etc"),), "the grant does not cover '/etc'"),
        ({}, "scan", (), "it names nothing that it is about"),
        ({"charter": a_charter(targets=())}, "scan", (SOURCE,), "the grant does not cover './src'"),
    ],
)
def test_a_denied_operation(change, operation, subject, reason):
    """It raises an error for the operator, never runs, and leaves a pair of entries that says why."""
    ledger = a_ledger()
    wall = a_wall(ledger=ledger, **change)
    with pytest.raises(Denied, match="not permitted") as raised, wall.operation(operation, subject=subject):
        pytest.fail("the operation must not run")
    assert isinstance(raised.value, UserError)
    assert reason in str(raised.value)
    (entry,) = recorded(ledger)
    assert (entry.after.outcome, entry.after.reason) == (Outcome.DENIED, reason)
    assert entry.after.used == Counts()


def test_an_expired_charter():
    """The charter's end is asked of the clock, not of the grant alone."""
    clock = ManualClock()
    wall = a_wall(clock=clock)
    lasting = replace(wall.grant(), expires=clock.time.replace(year=2030))
    clock.move(days=2)
    with (
        pytest.raises(Denied, match="the charter ended on 2026-11-25"),
        wall.operation("scan", subject=(SOURCE,), grant=lasting),
    ):
        pytest.fail("the operation must not run")


def test_a_forged_grant_gains_nothing():
    """A grant that claims more than the charter is held to the charter."""
    wall, etc = a_wall(), Target(name="/etc", path="/etc")
    forged = replace(wall.grant(), targets=(etc,), tier=Tier.RELEASE)
    with (
        pytest.raises(Denied, match="the charter does not cover '/etc'"),
        wall.operation("scan", subject=(etc,), grant=forged),
    ):
        pytest.fail("the operation must not run")


def test_a_narrower_grant():
    """A worker's grant is what counts for the worker, and its name is what the ledger shows."""
    ledger = a_ledger()
    wall = a_wall(ledger=ledger)
    inner = Target(name="./src/a", path="/home/alice/src/a")
    narrow = wall.grant().narrow(holder="worker 1", targets=[inner])
    with wall.operation("scan", subject=(inner,), grant=narrow):
        pass
    with (
        pytest.raises(Denied, match=r"the grant does not cover '\./src'"),
        wall.operation("scan", subject=(SOURCE,), grant=narrow),
    ):
        pytest.fail("the operation must not run")
    assert [o.before.actor for o in recorded(ledger)] == ["worker 1", "worker 1"]


def test_what_begins_within_an_operation_has_no_more():
    """Named no grant, it stands under that of the operation around it; afterwards the operator's counts again."""
    ledger = a_ledger()
    wall = a_wall(ledger=ledger)
    narrow = wall.grant().narrow(holder="worker 1", operations=["slice"])
    with wall.operation("slice", subject=(SOURCE,), grant=narrow):
        with wall.operation("slice", subject=(SOURCE,)):
            pass
        with (
            pytest.raises(Denied, match="the grant is not for the operation 'revocation-add'"),
            wall.operation("revocation-add", subject=(SOURCE,)),
        ):
            pytest.fail("the operation must not run")
    with wall.operation("scan", subject=(SOURCE,)):
        pass
    assert [(o.before.operation, o.before.actor, o.after.outcome.value) for o in recorded(ledger)] == [
        ("slice", "worker 1", "completed"),
        ("slice", "worker 1", "completed"),
        ("revocation-add", "worker 1", "denied"),
        ("scan", "alice", "completed"),
    ]


def test_a_wider_grant_within_an_operation_gains_nothing():
    """Not in operations, tier, ports nor places: it is held to that of the operation around, and so the ledger shows it."""
    ledger = a_ledger()
    wall = a_wall(ledger=ledger, charter=a_charter(tier=Tier.RELEASE))
    inner = Target(name="./src/a", path="/home/alice/src/a")
    narrow = wall.grant().narrow(
        holder="worker 1", tier=Tier.FIND, targets=[inner], ports=["Operation"], operations=["slice", "verify"]
    )
    with wall.operation("slice", subject=(inner,), grant=narrow):
        for name, place, why in (
            ("revocation-add", inner, "the grant is not for the operation 'revocation-add'"),
            ("verify", inner, "Operation.verify takes a grant for 'prove', this one is for 'find'"),
            ("slice", SOURCE, r"the grant does not cover '\./src'"),
        ):
            with pytest.raises(Denied, match=why), wall.operation(name, subject=(place,), grant=wall.grant()):
                pytest.fail("the operation must not run")
        with wall.operation("slice", subject=(inner,), grant=replace(wall.grant(), holder="worker 2")) as operation:
            assert operation.store(MemoryCache()).get("old") is None
    assert [(o.before.operation, o.before.actor, o.before.tier) for o in recorded(ledger)] == [
        ("slice", "worker 1", Tier.FIND),
        ("revocation-add", "alice", Tier.FIND),
        ("verify", "alice", Tier.FIND),
        ("slice", "alice", Tier.FIND),
        ("slice", "worker 2", Tier.FIND),
    ]


def test_a_wall_for_some_operations():
    """Whatever grant it has, it begins these alone."""
    wall = a_wall(operations=frozenset({"scan"}))
    assert wall.grant().operations == {"scan"}
    with wall.operation("scan", subject=(SOURCE,)):
        pass
    with (
        pytest.raises(Denied, match="the grant is not for the operation 'host'"),
        wall.operation("host", subject=(SOURCE,)),
    ):
        pytest.fail("the operation must not run")


class FullStore(MemoryStore):
    """A store on which only so many more writes find room."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, name: str, data: bytes) -> None:
        if self.room == 0:
            raise LedgerUnavailable("cannot write the ledger: no space left", "free space")
        self.room -= 1
        super().write(name, data)


@pytest.mark.parametrize("room", range(4))
def test_no_record_no_operation(room):
    """When the first entry cannot be written, nothing is done."""
    with (
        pytest.raises(LedgerUnavailable, match="no space left"),
        a_wall(ledger=a_ledger(FullStore(room))).operation("scan", subject=(SOURCE,)),
    ):
        pytest.fail("the operation must not run")


def test_no_room_for_the_end():
    """When the second entry cannot be written, that is an error; the ledger shows an operation without an end."""
    store = FullStore(4)
    with (
        pytest.raises(LedgerUnavailable, match="no space left"),
        a_wall(ledger=a_ledger(store)).operation("scan", subject=(SOURCE,)),
    ):
        pass
    assert recorded(a_ledger(store))[0].after is None


def test_no_room_for_the_end_of_a_failed_operation():
    """The operation's own error is not hidden by it; a note tells of the other."""
    with (
        pytest.raises(KeyboardInterrupt) as raised,
        a_wall(ledger=a_ledger(FullStore(4))).operation("scan", subject=(SOURCE,)),
    ):
        raise KeyboardInterrupt
    assert "could not record how it ended" in raised.value.__notes__[0]


def test_operations_within_one_another():
    """Each has its own pair, budget and digest."""
    ledger = a_ledger()
    wall = a_wall(ledger=ledger, budget=replace(PLENTY, files=1))
    file = SourceFile(path="a.py", size=8)
    with wall.operation("scan", subject=(SOURCE,)) as outer:
        with wall.operation("scan", subject=(SOURCE,)) as inner:
            assert inner.tree(MemoryTree()).read(file) == b"one\ntwo\n"
        assert outer.tree(MemoryTree()).read(file) == b"one\ntwo\n"
    assert [(o.index, o.end, o.after.used.files) for o in recorded(ledger)] == [(0, 3, 1), (1, 2, 1)]


def test_nothing_secret_is_in_the_clear():
    """The absolute path and the content stay out of the ledger; the name that the operator typed is in it."""
    store = MemoryStore()
    with a_wall(ledger=a_ledger(store)).operation("scan", subject=(SOURCE,)) as op:
        op.tree(MemoryTree()).read(SourceFile(path="a.py", size=8))
    everything = b"".join(data for name, data in store.files.items() if name != CHECKPOINT)
    assert b"./src" in everything
    for secret in (b"/home/alice", b"a.py", b"one\ntwo"):
        assert secret not in everything


def test_cost_of_an_operation(tmp_path, monkeypatch):
    """Two entries and their checkpoints take less than 15 ms of CPU, and no more syncs than three files an entry need.

    How long a sync takes is the disk's affair: tenths of a millisecond on one that is idle.
    """
    ledger = Ledger(store=LedgerFolder(tmp_path), signer=FileSigner(bytes(32)))
    wall, syncs, fsync = a_wall(ledger=ledger), [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (syncs.append(descriptor), fsync(descriptor)))

    def cost() -> tuple[int, float]:
        syncs.clear()
        start = time.process_time()
        with wall.operation("scan", subject=(SOURCE,)):
            pass
        return len(syncs), time.process_time() - start

    cost()  # makes the folders
    counts, times = zip(*(cost() for _ in range(5)), strict=True)
    assert max(counts) <= 2 * 3 * 2
    assert min(times) < 0.015
