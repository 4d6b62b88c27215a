"""What a witness grants and refuses, what it remembers, and what a ledger's owner accepts back."""

from datetime import timedelta

import pytest

from casemate.adapters.keys import FileSigner
from casemate.governance.budget import Counts
from casemate.governance.cosignature import cosign_checkpoint, open_cosigned, witness_key
from casemate.governance.entries import Outcome
from casemate.governance.errors import LedgerDamaged
from casemate.governance.held import Expected, accept, contradictions, facts, holding
from casemate.governance.ledger import Ledger
from casemate.governance.note import Checkpoint, InvalidNote, sign_checkpoint
from casemate.governance.standing import Standing, dump, fold, load
from casemate.governance.witness import Refused, Request, Witness, examine, parse_request
from casemate.model.errors import UserError
from governance.support import NOON, SIGNER, SOURCE, MemoryStore, a_ledger, a_wall

OTHER = FileSigner(bytes(32))


@pytest.fixture
def log():
    log = a_ledger()
    log.append_many([b"%d" % i for i in range(20)])
    return log


@pytest.fixture
def memory():
    return MemoryStore()


@pytest.fixture
def witness(memory):
    return Witness(store=memory, signer=OTHER)


def request(log: Ledger, old: int, size: int | None = None) -> Request:
    proof = log.consistency(old, size)
    return Request(old=old, proof=proof.proof, note=sign_checkpoint(proof.second, SIGNER))


def test_a_request_is_read_back(log):
    """In the form of c2sp.org/tlog-witness: an old size, hashes, an empty line, the checkpoint."""
    made = request(log, 7)
    data = made.encode()
    lines = data.decode().split("\n")
    assert lines[0] == "old 7"
    assert lines[1 + len(made.proof)] == ""
    assert lines[2 + len(made.proof)] == log.key.name
    assert parse_request(data) == made
    assert parse_request(made.note) == Request(old=None, proof=(), note=made.note)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d.replace(b"old 7", b"old 07"), "a request is an old size"),
        (lambda d: d.replace(b"old 7", b"old -7"), "a request is an old size"),
        (lambda d: d.replace(b"old 7\n", b"old 7\nAAAA\n"), "no hash of 32 bytes"),
        (lambda d: d.replace(b"old 7\n", b"old 7\n?\n"), "not base64"),
        (lambda d: d.replace(b"old 7\n", b"old 7\n" + b"A" * 43 + b"=\n" + (b"A" * 43 + b"=\n") * 62), "at most 63"),
        (lambda d: d[:-1], "a blank line and signature lines"),
        (lambda d: b"", "a blank line and signature lines"),
        (lambda d: b"old 7\n", "a request is an old size"),
        (lambda d: d + b"x" * (1 << 16), "of at most 65536"),
    ],
)
def test_what_is_no_request(log, spoil, said):
    """Each is refused by its word."""
    with pytest.raises(InvalidNote, match=said):
        parse_request(spoil(request(log, 7).encode()))


def test_it_follows_an_honest_log(log, witness):
    """The first time with the key, then without; the same once more; then as it grew. Each has the witness's time."""
    first = witness.cosign(request(log, 0, 5), log=log.key, recorded=None, now=NOON)
    assert (first.checkpoint.size, first.time, first.witness) == (5, NOON, witness_key(OTHER.public_key))
    again = witness.cosign(
        Request(old=None, proof=(), note=first.note), log=None, recorded=None, now=NOON + timedelta(1)
    )
    assert (again.checkpoint, again.time) == (first.checkpoint, NOON + timedelta(1))
    grown = witness.cosign(request(log, 5), log=None, recorded=(5, first.checkpoint.root.hex()), now=NOON)
    assert (grown.checkpoint, grown.time) == (log.head()[0], NOON + timedelta(1))  # its times never go back
    assert [one.checkpoint.size for one in witness.logs()] == [20]


@pytest.mark.parametrize(
    ("old", "size", "proof", "said"),
    [
        (8, 4, None, "has 4 entries, and 8 were cosigned before"),
        (7, 20, None, "begins at 7 entries, and what was cosigned last has 8"),
        (0, 20, None, "begins at 0 entries"),
        (8, 20, (), "nothing shows that the 20 entries"),
        (8, 20, (bytes(32),) * 4, "nothing shows that the 20 entries"),
    ],
)
def test_what_it_refuses(log, witness, memory, old, size, proof, said):
    """And then it remembers what it did before."""
    witness.cosign(request(log, 0, 8), log=log.key, recorded=None, now=NOON)
    before = dict(memory.files)
    asked = request(log, min(old, size), size)
    asked = Request(old=old, proof=asked.proof if proof is None else proof, note=asked.note)
    with pytest.raises(Refused, match=said):
        witness.cosign(asked, log=None, recorded=None, now=NOON)
    assert memory.files == before


def test_a_second_branch_is_kept_as_evidence(log, witness, memory):
    """Two histories of one size, both signed by the log: one is cosigned, the other kept."""
    witness.cosign(request(log, 0), log=log.key, recorded=None, now=NOON)
    fork = sign_checkpoint(Checkpoint(origin=log.key.name, size=20, root=bytes(32)), SIGNER)
    with pytest.raises(Refused, match="two different histories of 20 entries"):
        witness.cosign(Request(old=20, proof=(), note=fork), log=None, recorded=None, now=NOON)
    assert [data for name, data in memory.files.items() if name.startswith("branches/")] == [fork]
    assert [one.checkpoint.size for one in witness.logs()] == [20]


def test_keys(log, witness):
    """A log is known by its key; its own key makes no witness."""
    with pytest.raises(Refused, match="does not know the log"):
        witness.cosign(request(log, 0), log=None, recorded=None, now=NOON)
    with pytest.raises(Refused, match="its own key"):
        Witness(store=MemoryStore(), signer=SIGNER).cosign(request(log, 0), log=log.key, recorded=None, now=NOON)
    witness.cosign(request(log, 0), log=log.key, recorded=None, now=NOON)
    stranger = Ledger(store=MemoryStore(), signer=FileSigner(b"\x07" * 32))
    with pytest.raises(Refused, match="not the one that this witness knows"):
        witness.cosign(request(log, 20), log=stranger.key, recorded=None, now=NOON)


@pytest.mark.parametrize("way", ["gone", "older", "other root"])
def test_a_memory_that_was_set_back(log, witness, memory, way):
    """The witness's own ledger knows more than its memory: nothing is cosigned."""
    first = witness.cosign(request(log, 0, 5), log=log.key, recorded=None, now=NOON)
    recorded = (5, first.checkpoint.root.hex())
    if way == "gone":
        memory.files.clear()
    elif way == "older":
        recorded = (6, "00" * 32)
    else:
        recorded = (5, "00" * 32)
    with pytest.raises(LedgerDamaged, match="ledger says that it cosigned"):
        witness.cosign(request(log, 5), log=log.key, recorded=recorded, now=NOON)


def test_a_damaged_memory(log, witness, memory):
    """Whatever is changed in it, nothing is cosigned by it."""
    witness.cosign(request(log, 0, 5), log=log.key, recorded=None, now=NOON)
    ((name, data),) = memory.files.items()
    for at in range(0, len(data), 7):
        memory.files[name] = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(LedgerDamaged):
            witness.cosign(request(log, 5), log=log.key, recorded=None, now=NOON)


def test_the_first_checkpoint_may_be_anything_but_a_false_empty_one(log):
    """There is nothing to compare with; the empty tree has one root."""
    assert examine(request(log, 0), log.key, None).size == 20
    empty = sign_checkpoint(Checkpoint(origin=log.key.name, size=0, root=bytes(32)), SIGNER)
    with pytest.raises(Refused):
        examine(Request(old=0, proof=(), note=empty), log.key, None)


def test_the_standing_remembers_what_was_cosigned():
    """By the largest size of each log; it is kept and read back."""
    ledger = a_ledger()
    wall = a_wall(ledger=ledger, budget=Counts())
    for size in (5, 9, 7):
        with wall.operation("witness", subject=(SOURCE,)) as operation:
            operation.state(log="a", size=size, root=f"root {size}")
    standing = fold(ledger, Standing())
    assert standing.witnessed == {"a": (9, "root 9")}
    again = load(dump(standing))
    assert again is not None and again.witnessed == standing.witnessed


def cosigned(log: Ledger, time=NOON):
    return open_cosigned(cosign_checkpoint(log.head()[1], OTHER, time), log.key, witness_key(OTHER.public_key))


def test_what_the_owner_accepts(log):
    """A checkpoint of this ledger, by this witness, not from the future."""
    key, note = witness_key(OTHER.public_key), cosigned(log).note
    assert accept(note, log, key, NOON).checkpoint == log.head()[0]
    with pytest.raises(UserError, match="own key is no witness"):
        accept(cosign_checkpoint(log.head()[1], SIGNER, NOON), log, witness_key(SIGNER.public_key), NOON)
    with pytest.raises(UserError, match="no cosignature of"):
        accept(log.head()[1], log, key, NOON)
    with pytest.raises(UserError, match="in the future"):
        accept(note, log, key, NOON - timedelta(hours=1, seconds=1))
    fork = a_ledger()
    fork.append(b"another past")
    with pytest.raises(UserError, match=r"holds 20 entries since .*, and the ledger has 1: it was cut short"):
        accept(note, fork, key, NOON)


def test_contradictions(log):
    """Growing is none; rewriting, cutting short and another log are."""
    held = holding(cosigned(log))
    assert contradictions(log, (held,)) == ()
    log.append(b"more")
    assert contradictions(log, (held,)) == ()
    fork = a_ledger()
    fork.append_many([b"%d" % i for i in range(19)])
    assert "cut short or set back" in contradictions(fork, (held,))[0]
    fork.append_many([b"changed", b"more"])
    assert (
        "other first 20 entries since 2026-11-24 12:00:00Z: history was rewritten" in contradictions(fork, (held,))[0]
    )
    stranger = Ledger(store=MemoryStore(), signer=OTHER)
    stranger.append(b"x")
    assert "another log" in contradictions(stranger, (held,))[0]


def test_what_was_added_and_is_gone(log):
    """The ledger tells that a witness holds it; the file does not need to be missed by anybody else."""
    from casemate.governance.audit import audit

    ledger = a_ledger()
    wall, held = a_wall(ledger=ledger), holding(cosigned(log))
    with wall.operation("witness-add", subject=(SOURCE,)) as operation:
        operation.state(**facts(held))
    with pytest.raises(ZeroDivisionError), wall.operation("witness-add", subject=(SOURCE,)):
        raise ZeroDivisionError  # one that failed added nothing
    expected = Expected(("witness-add",))
    result = audit(ledger, expected.take)
    assert (result.operations, result.begun) == ((), 2)
    assert expected.gone((held,)) == ()
    assert expected.gone(()) == (f"entry 0 says that {held.who} holds 20 entries, and what shows it is gone",)
    assert [o.after.outcome for o in audit(ledger).operations] == [Outcome.COMPLETED, Outcome.FAILED]
