"""The ledger: appending, proving, and refusing to build on damage."""

import pytest

from casemate.adapters.keys import FileSigner
from casemate.governance.audit import audit
from casemate.governance.errors import LedgerDamaged, LedgerMissing
from casemate.governance.ledger import CHECKPOINT, Ledger, Log, log_key
from casemate.governance.merkle import EMPTY_ROOT, leaf_hash, tree_root, verify_consistency, verify_inclusion
from casemate.governance.note import Checkpoint, open_checkpoint, sign_checkpoint
from casemate.governance.tiles import Tile, tiles_of
from governance.support import SIGNER, MemoryStore, a_ledger, a_log_of

ENTRIES = [b"entry %d" % i for i in range(600)]


@pytest.fixture(scope="module")
def files():
    """The files of a log of 600 entries."""
    return a_log_of(*ENTRIES).files


@pytest.fixture
def log(files):
    return a_ledger(MemoryStore(dict(files)))


def test_head(log):
    """The head is the RFC 6962 root over all entries, signed under a name that follows from the key."""
    head, note = log.head()
    assert head == Checkpoint(origin=log.key.name, size=600, root=tree_root([leaf_hash(e) for e in ENTRIES]))
    assert open_checkpoint(note, log_key(SIGNER.public_key)) == head


def test_origin():
    """The origin of a log is the beginning of its key's SHA-256, below a name that is not in the DNS."""
    assert log_key(bytes(32)).name == "casemate.alt/ledger/66687aadf862bd776c8fc18b8e9f8e20"


def test_files(files):
    """All tiles of the final size are there, partial tiles of completed ones are gone, and nothing else is there."""
    demanded = {tile.path for tile in tiles_of(600)} | {CHECKPOINT}
    assert demanded <= files.keys()
    for name in files.keys() - demanded:
        tile = Tile.parse(name)
        assert tile is not None
        assert tile.full.path not in files


def test_prove_every_entry(log):
    """Each entry's proof leads to the checkpoint's root."""
    for index, entry in enumerate(ENTRIES):
        found = log.prove(index)
        assert found.entry == entry
        root, size = found.checkpoint.root, found.checkpoint.size
        assert verify_inclusion(leaf=leaf_hash(entry), index=index, size=size, proof=found.proof, root=root)


@pytest.mark.parametrize("index", [-1, 600])
def test_prove_an_absent_entry(log, index):
    """There is no entry outside the log."""
    with pytest.raises(IndexError):
        log.prove(index)


def test_empty():
    """Before the first entry there is no log; the first append begins it with a head of size 0."""
    store = MemoryStore()
    log = a_ledger(store)
    with pytest.raises(LedgerMissing, match="nothing was recorded yet; run a scan first, or set CASEMATE_HOME"):
        log.head()
    heads = []
    store.write = lambda name, data: (heads.append((name, data)), store.files.__setitem__(name, data))
    log.append(b"first")
    assert [name for name, _ in heads] == [CHECKPOINT, "tile/entries/000.p/1", "tile/0/000.p/1", CHECKPOINT]
    assert open_checkpoint(heads[0][1], log.key) == Checkpoint(origin=log.key.name, size=0, root=EMPTY_ROOT)


@pytest.mark.parametrize(
    ("size", "names"),
    [
        (600, ["tile/entries/002.p/89", "tile/0/002.p/89", CHECKPOINT]),
        (511, ["tile/entries/001", "tile/0/001", "tile/1/000.p/2", CHECKPOINT]),
        (512, ["tile/entries/002.p/1", "tile/0/002.p/1", CHECKPOINT]),
    ],
)
def test_checkpoint_is_written_last(size, names):
    """Entries before hashes before the checkpoint, which is the commit; and nothing that did not change."""
    written = []
    store = a_log_of(*ENTRIES[:size])
    store.write = lambda name, data: written.append(name)
    a_ledger(store).append(b"more")
    assert written == names


def test_two_writers_on_one_store(files):
    """Each sees what the other has appended."""
    store = MemoryStore(dict(files))
    one, two = a_ledger(store), a_ledger(store)
    assert [one.append(b"a"), two.append(b"b"), two.append(b"c"), one.append(b"d"), one.append(b"e")] == [
        *range(600, 605)
    ]
    assert [one.prove(i).entry for i in range(600, 605)] == [b"a", b"b", b"c", b"d", b"e"]


def test_too_long_an_entry_changes_nothing(log, files):
    """An entry that no bundle can hold is refused before anything is written."""
    with pytest.raises(ValueError, match="at most 65535 bytes"):
        log.append(bytes(65_536))
    assert log.append(b"next") == 600


def test_lost_checkpoint(files):
    """Entries without a checkpoint are damage, not an empty log to begin anew."""
    store = MemoryStore({name: data for name, data in files.items() if name != CHECKPOINT})
    with pytest.raises(LedgerDamaged, match="its checkpoint is gone"):
        a_ledger(store).append(b"x")
    assert CHECKPOINT not in store.files


def test_checkpoint_of_another_key(files):
    """A log is not continued under another key."""
    other = Ledger(store=MemoryStore(dict(files)), signer=FileSigner(bytes(32)))
    with pytest.raises(LedgerDamaged, match="checkpoint is not valid"):
        other.append(b"x")


@pytest.mark.parametrize("name", ["tile/entries/002.p/88", "tile/0/002.p/88", "tile/1/000.p/2"])
@pytest.mark.parametrize("damage", [None, b"", b"\0", "flip"])
def test_nothing_is_signed_over_a_damaged_edge(files, name, damage):
    """An append reads what it builds on, and refuses when that is not what was signed."""
    store = MemoryStore(dict(files))
    if damage is None:
        del store.files[name]
    elif damage == "flip":
        store.files[name] = bytes([store.files[name][0] ^ 1]) + store.files[name][1:]
    else:
        store.files[name] = damage
    before = dict(store.files)
    with pytest.raises(LedgerDamaged, match="ledger verify"):
        a_ledger(store).append(b"x")
    assert store.files == before


def test_rollback_under_a_running_process(files):
    """A log that has become shorter than this process left it is damage."""
    store = MemoryStore(dict(files))
    log = a_ledger(store)
    log.append(b"x")
    store.files.update(files)
    with pytest.raises(LedgerDamaged, match="shrank from 601 to 600"):
        log.append(b"y")


def test_proof_from_full_tiles_when_partial_ones_are_gone(files):
    """A reader with an older checkpoint finds its partial tiles at the beginning of the full ones."""
    store = MemoryStore(dict(files))
    head, old = a_ledger(store).head()
    log = a_ledger(store)
    for _ in range(200):
        log.append(b"x")
    store.files[CHECKPOINT] = old
    assert "tile/0/002.p/88" not in store.files
    assert a_ledger(store).prove(599).checkpoint == head


def test_prove_refuses_a_tampered_entry(files):
    """An entry that is not what the checkpoint covers is not proven."""
    store = MemoryStore(dict(files))
    store.files["tile/entries/000"] = store.files["tile/entries/000"].replace(b"entry 17", b"entry 71")
    log = a_ledger(store)
    assert log.prove(16).entry == b"entry 16"
    with pytest.raises(LedgerDamaged, match="entry 17 is not what the checkpoint covers"):
        log.prove(17)


def test_a_head_that_claims_more_than_there_is():
    """A validly signed head without its tiles is damage."""
    key = log_key(SIGNER.public_key)
    head = Checkpoint(origin=key.name, size=3, root=bytes(32))
    store = MemoryStore({CHECKPOINT: sign_checkpoint(head, SIGNER)})
    with pytest.raises(LedgerDamaged, match=r"'tile/0/000.p/3' is missing or damaged"):
        a_ledger(store).append(b"x")


@pytest.mark.parametrize("before", [0, 1, 255, 256, 300])
@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 257, 600])
def test_append_many(before, count):
    """Many at once give the same log as one at a time, under one new head; none changes nothing."""
    store = a_log_of(*ENTRIES[:before])
    log = a_ledger(store)
    assert log.append_many((ENTRIES * 2)[before : before + count]) == before
    single = a_log_of(*(ENTRIES * 2)[: before + count]).files
    demanded = {tile.path for tile in tiles_of(before + count)} | ({CHECKPOINT} if before + count else set())
    assert {name: store.files[name] for name in demanded} == {name: single[name] for name in demanded}
    assert audit(log).problems == () if before + count else True
    assert log.append(b"one more") == before + count


@pytest.mark.parametrize(("first", "second"), [(0, 600), (1, 600), (255, 256), (256, 600), (300, 300), (599, 600)])
def test_consistency(log, first, second):
    """Between any two sizes, with the roots that the entries give."""
    found = log.consistency(first, second)
    roots = [tree_root([leaf_hash(e) for e in ENTRIES[:size]]) for size in (first, second)]
    assert [found.first.root, found.second.root] == roots
    assert verify_consistency(first=first, first_root=roots[0], second=second, second_root=roots[1], proof=found.proof)


@pytest.mark.parametrize(("first", "second"), [(-1, 5), (5, 4), (601, None), (5, 601)])
def test_no_consistency(log, first, second):
    """Sizes that the log never had, or in the wrong order."""
    with pytest.raises(IndexError):
        log.consistency(first, second)


def test_consistency_of_a_damaged_log(files):
    """Roots that the signed checkpoint does not cover are not proven."""
    damaged = dict(files)
    damaged["tile/0/000"] = bytes(32) + damaged["tile/0/000"][32:]
    with pytest.raises(LedgerDamaged, match="do not give the root"):
        a_ledger(MemoryStore(damaged)).consistency(100)


def test_an_earlier_checkpoint(files):
    """An entry is proven under a checkpoint of an earlier size; not one that it did not cover, nor one of another log."""
    log, store = a_ledger(MemoryStore(dict(files))), a_log_of(*ENTRIES[:300])
    earlier = store.files[CHECKPOINT]
    found = log.prove(299, under=earlier)
    assert (found.checkpoint.size, found.note) == (300, earlier)
    assert verify_inclusion(
        leaf=leaf_hash(ENTRIES[299]), index=299, size=300, proof=found.proof, root=found.checkpoint.root
    )
    with pytest.raises(IndexError):
        log.prove(300, under=earlier)
    fork = a_log_of(*ENTRIES[:299], b"another").files[CHECKPOINT]
    with pytest.raises(LedgerDamaged):
        log.prove(299, under=fork)


def test_a_log_is_read_without_its_private_key(files):
    """By the public key alone."""
    log = Log(store=MemoryStore(files), key=log_key(SIGNER.public_key))
    assert log.prove(7).entry == ENTRIES[7]
    assert not hasattr(log, "append")
