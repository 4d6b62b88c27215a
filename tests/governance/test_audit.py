"""The audit: every changed byte is found, and what the log says holds together."""

from dataclasses import replace

import pytest

from casemate.governance.audit import audit
from casemate.governance.budget import Counts
from casemate.governance.charter import Tier
from casemate.governance.entries import After, Before, Outcome
from casemate.governance.errors import LedgerDamaged, LedgerMissing
from casemate.governance.ledger import CHECKPOINT
from casemate.governance.tiles import decode_bundle, encode_bundle
from governance.support import NOON, SOURCE, MemoryStore, a_ledger, a_log_of, a_wall

BEFORE = Before(
    operation="scan",
    tier=Tier.FIND,
    actor="alice",
    names=("./src",),
    count=1,
    subject="00" * 32,
    charter="11" * 32,
    budget=Counts(files=10),
    time=NOON,
    tool="casemate 0.1.0",
)
AFTER = After(
    before=0,
    operation="scan",
    outcome=Outcome.COMPLETED,
    reason="",
    read="22" * 32,
    used=Counts(files=1),
    refused=0,
    not_examined=0,
    elapsed_ms=5,
    time=NOON,
)


@pytest.fixture(scope="module")
def small():
    """An operation as it is really recorded."""
    store = MemoryStore()
    with a_wall(ledger=a_ledger(store)).operation("scan", subject=(SOURCE,)):
        pass
    return store.files


@pytest.fixture(scope="module")
def large():
    """A log with a full and a partial tile, two levels, and tiles of earlier sizes."""
    return a_log_of(*(b"%d" % i for i in range(300))).files


def problems(files: dict[str, bytes]) -> tuple[str, ...]:
    try:
        return audit(a_ledger(MemoryStore(files))).problems
    except LedgerDamaged as error:
        return (error.what,)


def flip(files: dict[str, bytes], name: str, position: int, mask: int = 1) -> dict[str, bytes]:
    data = bytearray(files[name])
    data[position] ^= mask
    return files | {name: bytes(data)}


def test_intact(small, large):
    """An intact log has no problem, and everything on disk was compared."""
    result = audit(a_ledger(MemoryStore(small)))
    assert result.problems == result.leftovers == result.foreign == ()
    assert (result.begun, result.unfinished, result.unknown) == (1, 0, 0)
    assert result.head.size == 2
    assert result.tiles == len(small) - 1
    assert [(o.index, o.end, o.after.outcome) for o in result.operations] == [(0, 1, Outcome.COMPLETED)]
    result = audit(a_ledger(MemoryStore(large)))
    assert result.problems == ()
    assert result.tiles == len(large) - 1
    assert result.unknown == 300


def test_every_flipped_byte_of_a_small_log(small):
    """Entries, hashes, checkpoint, also those of earlier sizes: no byte can change unseen."""
    for name, data in small.items():
        for position in range(len(data)):
            assert problems(flip(small, name, position)), (name, position)


def test_flipped_bytes_all_over_a_large_log(large):
    """The same in every file of a log with full tiles and two levels."""
    for number, (name, data) in enumerate(sorted(large.items())):
        for position in {0, len(data) - 1, number * 131 % len(data)}:
            assert problems(flip(large, name, position, mask=1 << number % 8)), (name, position)


def test_every_missing_file_that_the_checkpoint_demands(large):
    """A demanded file is missed; a superseded one may be gone."""
    demanded = ("tile/entries/000", "tile/entries/001.p/44", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1")
    for name in large:
        found = problems({other: data for other, data in large.items() if other != name})
        assert bool(found) == (name in (*demanded, CHECKPOINT)), name


def test_truncated_and_extended_files(large):
    """A file that is shorter or longer than it was is found."""
    for name in sorted(large)[::9]:
        data = large[name]
        for changed in (data[:-1], data[:-32], data + bytes(1), data + bytes(32), b""):
            assert problems(large | {name: changed}), name


def test_problems_name_the_place(large):
    """A changed entry is named by its index, a changed tile by its name."""
    store = MemoryStore(dict(large))
    entries = list(decode_bundle(large["tile/entries/000"]))
    entries[17] = b"71"
    store.files["tile/entries/000"] = encode_bundle(entries)
    assert audit(a_ledger(store)).problems == (
        "entry 17 does not have the hash that stands in tile/0/000",
        "tile/1/000.p/1 is not what the entries give",
        "the entries do not give the root that the checkpoint states",
    )
    assert problems(flip(large, "tile/1/000.p/1", 0)) == ("tile/1/000.p/1 is not what the entries give",)
    assert problems(flip(large, "tile/0/001.p/7", 0)) == ("tile/0/001.p/7 is not the beginning of tile/0/001.p/44",)
    assert problems(flip(large, "tile/entries/001.p/44", 0)) == (
        "the ledger's 'tile/entries/001.p/44' is missing or damaged",
    )


def test_removed_swapped_and_inserted_entries(large):
    """Entries cannot change their number or order, even with tiles made to fit."""
    entries = [b"%d" % i for i in range(300)]
    for changed in (entries[:-1], entries[1:], [*entries[1::-1], *entries[2:]], [b"new", *entries]):
        forged = a_log_of(*changed).files | {CHECKPOINT: large[CHECKPOINT]}
        assert problems(forged)


def test_leftovers_of_an_interrupted_append(large):
    """Tiles beyond the checkpoint are told of, and are no damage: no checkpoint speaks of them."""
    store = MemoryStore(dict(large))
    a_ledger(store).append(b"x")
    store.files[CHECKPOINT] = large[CHECKPOINT]
    result = audit(a_ledger(store))
    assert result.problems == ()
    assert result.leftovers == ("tile/0/001.p/45", "tile/entries/001.p/45")


def test_foreign_files(small):
    """Files that are none of the log's are named."""
    result = audit(a_ledger(MemoryStore(small | {"notes.txt": b"", "tile/0/0": b""})))
    assert result.problems == ()
    assert result.foreign == ("notes.txt", "tile/0/0")


def test_nothing_recorded():
    """Where nothing was recorded there is nothing to check, and that is not a pass."""
    with pytest.raises(LedgerMissing):
        audit(a_ledger())


def test_unfinished_operation():
    """An operation without an end is kept as such."""
    (operation,) = audit(a_ledger(a_log_of(BEFORE.encode()))).operations
    assert (operation.after, operation.end) == (None, None)


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([AFTER], "entry 0 ends an operation that was not open: 0"),
        ([BEFORE, AFTER, AFTER], "entry 2 ends an operation that was not open: 0"),
        ([BEFORE, replace(AFTER, before=1)], "entry 1 ends an operation that was not open: 1"),
        ([BEFORE, replace(AFTER, operation="prove")], "entry 1 ends an operation that was not open: 0"),
    ],
)
def test_history_that_does_not_hold_together(entries, problem):
    """An operation ends once, after it began, under its own name."""
    assert problems(a_log_of(*(entry.encode() for entry in entries)).files) == (problem,)


def test_interleaved_operations():
    """Two processes at once: each end finds its beginning."""
    entries = (BEFORE, BEFORE, replace(AFTER, before=1), AFTER)
    result = audit(a_ledger(a_log_of(*(entry.encode() for entry in entries))))
    assert result.problems == ()
    assert [(o.index, o.end) for o in result.operations] == [(0, 3), (1, 2)]
