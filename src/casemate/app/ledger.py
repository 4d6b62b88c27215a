"""The composition root of what makes the ledger checkable by others: witnesses, exports, and what is verified of either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casemate.adapters.keys import has_signing_key
from casemate.adapters.ledger_files import LedgerFolder, StrangersFolder
from casemate.app.ground import home, ledger_files, recorded_ledger
from casemate.app.stamps import stamp_files, stamped
from casemate.governance.audit import Audit, audit
from casemate.governance.cosignature import (
    Cosigned,
    WitnessKey,
    decode_cosigned,
    joined,
    open_cosigned,
    parse_witness,
)
from casemate.governance.errors import LedgerDamaged
from casemate.governance.held import ADDED, STAMPED, Expected, Holding, contradictions, holding
from casemate.governance.ledger import Consistency, Log
from casemate.governance.note import Checkpoint, InvalidNote, VerifierKey, open_checkpoint, parse_key
from casemate.governance.witness import Request
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.ports import LedgerStore

EXPORT = "casemate/ledger-export@v1"
MAX_CHECKPOINT = 1 << 16  # bytes


def log_key_of(text: str) -> VerifierKey:
    """The key of a ledger, from its text. Raises UserError."""
    try:
        return parse_key(text)
    except ValueError as error:
        raise UserError(
            f"{text[:120]!r} is no key of a ledger: {error}", "`casemate ledger verify` prints one"
        ) from error


def witness_key_of(text: str) -> WitnessKey:
    """The key of a witness, from its text. Raises UserError."""
    try:
        return parse_witness(text)
    except ValueError as error:
        raise UserError(
            f"{text[:120]!r} is no key of a witness: {error}",
            "`casemate ledger witness` prints one, on the witness's machine",
        ) from error


def cosigned_files() -> LedgerFolder:
    """Where the checkpoints are that witnesses have cosigned."""
    return LedgerFolder(home() / "cosigned")


def cosigned(store: LedgerStore) -> tuple[tuple[Cosigned, ...], tuple[str, ...]]:
    """The cosigned checkpoints in a store, larger ones later, and what is wrong with others, one line each."""
    found: list[Cosigned] = []
    problems: list[str] = []
    for name in sorted(store.names()):
        try:
            one = decode_cosigned(store.read(name) or b"")
        except InvalidNote as error:
            problems.append(f"cosigned/{name}: {error}")
        else:
            if one.name == name:
                found.append(one)
            else:
                problems.append(f"cosigned/{name} has the name of another")
    return tuple(sorted(found, key=lambda one: (one.checkpoint.size, one.witness.name))), tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What is known of a ledger. key: that it was verified with. held: what others hold of it, smaller sizes first. named: of
    these, by witnesses that the reader named. notes: what the reader should know. problems: one line each; empty when all is
    well."""

    key: VerifierKey
    audit: Audit
    held: tuple[Holding, ...]
    named: tuple[Holding, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]


def verify(*, key: str = "", witnesses: Sequence[str] = (), given: Sequence[bytes] = ()) -> Verified:
    """Check the own ledger and what others hold of it. key: as text, when it cannot be had from this machine. given: checkpoints
    that the reader had from elsewhere, such as from the witness itself.

    Raises LedgerMissing, LedgerDamaged when not even its checkpoint is valid, UserError.
    """
    log = Log(store=ledger_files(), key=log_key_of(key)) if key else recorded_ledger()
    notes = () if has_signing_key(home()) else ("the signing key is gone: nothing can be added",)
    return verify_log(log, cosigned_files(), stamp_files(), witnesses, given, notes)


def verify_export(folder: Path, *, key: str, witnesses: Sequence[str] = (), given: Sequence[bytes] = ()) -> Verified:
    """Check what `export` made, as a stranger who has it and the keys, and nothing else. Raises as `verify` does."""
    log = Log(store=StrangersFolder(folder / "ledger"), key=log_key_of(key))
    stated = StrangersFolder(folder).read("export")
    if stated is None:
        raise UserError(
            f"{str(folder)!r} is no export of a ledger", "name the folder that `casemate ledger export` made"
        )
    first = stated.decode("utf-8", "replace").partition("\n")[0]
    if first != EXPORT and first.startswith("casemate/ledger-export@"):
        raise UserError(f"the export was made by a newer version of Casemate ({first[:40]})", "update Casemate")
    places = StrangersFolder(folder / "cosigned"), StrangersFolder(folder / "timestamps")
    found = verify_log(log, *places, witnesses, given)
    if stated != _export_head(log.key):
        return replace(found, problems=(*found.problems, "the file `export` is not that of a ledger with this key"))
    return found


def verify_log(
    log: Log,
    kept: LedgerStore,
    stamps: LedgerStore,
    witnesses: Sequence[str],
    given: Sequence[bytes] = (),
    notes: tuple[str, ...] = (),
) -> Verified:
    """Check a log against itself and against what others hold of it. Raises LedgerMissing, LedgerDamaged, UserError."""
    keys = tuple(witness_key_of(text) for text in witnesses)
    if any(key.key == log.key.key for key in keys):
        raise UserError("a ledger's own key is no witness of it", "name the key of another person or machine")
    cosignatures, problems = cosigned(kept)
    cosignatures += _cosigned_by(given, log.key, keys)
    times, unread, wrong = stamped(stamps, log.key)
    expected = Expected((ADDED,) if unread else (ADDED, STAMPED))
    result = audit(log, expected.take)
    held = (*map(holding, cosignatures), *times)
    problems += wrong
    for one in cosignatures:
        if one.log != log.key:
            problems += (f"cosigned/{one.name} is of another ledger",)
        elif one.witness.key == log.key.key:
            problems += (f"cosigned/{one.name} is cosigned by the ledger's own key, which is no witness of it",)
    problems += expected.gone(held)
    if not result.problems:
        problems += tuple(dict.fromkeys(contradictions(log, held)))
        problems += _not_continued(log, given)
    named = tuple(holding(one) for one in cosignatures if one.witness in keys)
    for key in keys:
        if not any(one.who == key.name for one in named):
            problems += (f"nothing shows that the witness {key.name} has seen this ledger",)
    if unread:
        notes += (f"time stamps that were not checked: {unread}; run pip install 'casemate[timestamp]'",)
    ordered = tuple(sorted(held, key=lambda one: (one.checkpoint.size, one.time)))
    return Verified(
        key=log.key, audit=result, held=ordered, named=named, notes=notes, problems=(*result.problems, *problems)
    )


def _cosigned_by(given: Sequence[bytes], log: VerifierKey, keys: Sequence[WitnessKey]) -> tuple[Cosigned, ...]:
    """Of checkpoints that the reader gave, those that a named witness cosigned."""
    found: list[Cosigned] = []
    for note in given:
        for key in keys:
            with suppress(InvalidNote):
                found.append(open_cosigned(note, log, key))
    return tuple(found)


def _not_continued(log: Log, given: Sequence[bytes]) -> tuple[str, ...]:
    """Why the log does not continue checkpoints that the reader gave, one line each. Raises UserError."""
    problems: list[str] = []
    for note in given:
        try:
            consistency_of(log, note, None)
        except LedgerDamaged as error:
            problems.append(error.what)
    return tuple(problems)


def checkpoint(*, witnessed: bool = False) -> bytes:
    """The signed head with the cosignatures that are held of it; or the largest checkpoint that a witness holds.

    Raises LedgerMissing, LedgerDamaged, and UserError when no witness holds any."""
    log = recorded_ledger()
    kept, _ = cosigned(cosigned_files())
    if witnessed:
        if not kept:
            raise UserError("no witness holds a checkpoint of this ledger", "see docs/witness.md on how to ask one")
        note = kept[-1].note
        head = kept[-1].checkpoint
    else:
        head, note = log.head()
    return joined((note, *(one.note for one in kept if one.checkpoint == head)))


def witness_request(old: int | bytes) -> bytes:
    """What a witness is asked to cosign: the head, with the proof that it continues an earlier size, or an earlier checkpoint.

    Raises UserError when the ledger never had that size, or does not continue that checkpoint.
    """
    log = recorded_ledger()
    found = consistency_of(log, old, None)
    _, note = log.head()
    proof = open_checkpoint(note, log.key)
    if proof != found.second:  # another process has added an entry in between
        found = consistency_of(log, old, proof.size)
    return Request(old=found.first.size, proof=found.proof, note=note).encode()


def consistency(first: int | bytes, second: int | None) -> Consistency:
    """The proof between two sizes of the ledger, or from an earlier checkpoint of it. Raises UserError, LedgerDamaged."""
    return consistency_of(recorded_ledger(), first, second)


def consistency_of(log: Log, first: int | bytes, second: int | None) -> Consistency:
    """The proof between two sizes of a log. Raises as `consistency` does."""
    earlier: Checkpoint | None = None
    if isinstance(first, bytes):
        try:
            earlier = open_checkpoint(first, log.key)
        except InvalidNote as error:
            raise UserError(
                f"it is no checkpoint of this ledger ({error})",
                "name a file of `casemate ledger checkpoint`, or a size",
            ) from error
    size = earlier.size if earlier is not None else first
    assert isinstance(size, int)
    try:
        found = log.consistency(size, second)
    except IndexError as error:
        head = log.head()[0].size
        if earlier is not None and size > head:
            raise LedgerDamaged(
                f"the checkpoint has {size} entries, and the ledger {head}: it was cut short or set back", _KEEP
            ) from error
        raise UserError(
            f"the ledger has {head} entries: there is no way from {size} to {second or head}", _SIZES
        ) from error
    if earlier is not None and found.first.root != earlier.root:
        raise LedgerDamaged(
            f"the ledger's first {size} entries are not those of the checkpoint: history was rewritten", _KEEP
        )
    return found


_KEEP = "keep the checkpoint and the ledger: together they are evidence"
_SIZES = "give a smaller size first, and none above the ledger's own"


def export(folder: Path) -> tuple[int, int]:
    """Write all that an outsider needs to check the ledger to a new folder; how many entries and files.

    Raises UserError when there is something of that name, LedgerDamaged, EnvironmentFault.
    """
    from casemate.adapters.exports import write_folder

    log = recorded_ledger()
    size = log.head()[0].size
    return size, write_folder(folder, export_files(log, cosigned(cosigned_files())[0], stamp_files()))


def export_files(log: Log, kept: Sequence[Cosigned], stamps: LedgerStore) -> Iterator[tuple[str, bytes]]:
    """The files of an export, by name. Raises LedgerDamaged."""
    from casemate.governance.tiles import tiles_of

    head, note = log.head()
    yield "export", _export_head(log.key)
    yield "ledger/checkpoint", joined((note, *(one.note for one in kept if one.checkpoint == head)))
    for tile in tiles_of(head.size):
        data = log.tile(tile)
        if data is None:
            raise LedgerDamaged(f"the ledger's {tile.path!r} is missing", "run `casemate ledger verify`")
        yield f"ledger/{tile.path}", data
    for one in kept:
        if one.checkpoint.size <= head.size:
            yield f"cosigned/{one.name}", one.encode()
    for name in sorted(stamps.names()):
        yield f"timestamps/{name}", stamps.read(name) or b""


def _export_head(key: VerifierKey) -> bytes:
    return f"{EXPORT}\nlog {key}\n".encode()
