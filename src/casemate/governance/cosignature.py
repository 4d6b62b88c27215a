"""Cosignatures: that somebody else has seen a log's checkpoint, and that it continues all that they saw of that log before.

The form is the timestamped Ed25519 cosignature of c2sp.org/tlog-cosignature (signature type 0x04): a line of a signed note that
holds the time as eight big-endian bytes and a signature over `cosignature/v1`, the time and the whole text of the checkpoint. As
of that time the checkpoint is the largest that the witness has seen of the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from casemate.governance.note import (
    MAX_SIGNATURES,
    Checkpoint,
    InvalidNote,
    VerifierKey,
    note_parts,
    note_signers,
    open_checkpoint,
    parse_key,
    parse_key_of,
    signature_line,
)

if TYPE_CHECKING:
    from casemate.ports import Signer

MAX_COSIGNED = 1 << 16  # bytes of a checkpoint with its cosignatures
HEADER = "casemate/cosigned@v1"

_LAST = 253_402_300_799  # seconds since the epoch: the end of the year 9999, the last that a datetime holds


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessKey(VerifierKey):
    """The key that a witness's cosignatures are verified with."""

    TYPE: ClassVar[bytes] = b"\x04"
    WHAT: ClassVar[str] = "a witness's Ed25519 key"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether this key cosigned the text, at the time that stands before the signature."""
        time = int.from_bytes(signature[:8], "big")
        # Not super(): a dataclass with slots is made anew, and its methods would look for the first one.
        return 0 < time <= _LAST and VerifierKey.verifies(self, _message(message, time), signature[8:])


def witness_key(public_key: bytes) -> WitnessKey:
    """A witness's key. Its name follows from the key, as that of a log does."""
    return WitnessKey(name=f"casemate.alt/witness/{sha256(public_key).hexdigest()[:32]}", key=public_key)


def parse_witness(text: str) -> WitnessKey:
    """The witness's key that a vkey text names; ValueError otherwise."""
    return parse_key_of(WitnessKey, text)


def cosign_checkpoint(note: bytes, signer: Signer, time: datetime) -> bytes:
    """The signed checkpoint with one cosignature more, made at that time (whole seconds). Raises InvalidNote."""
    text, lines = note_parts(note)
    if len(lines) >= MAX_SIGNATURES:
        raise InvalidNote(f"a note has at most {MAX_SIGNATURES} signatures")
    seconds = int(time.timestamp())
    signature = seconds.to_bytes(8, "big") + signer.sign(_message(text.encode(), seconds))
    return note + signature_line(witness_key(signer.public_key), signature)


def cosigned_at(note: bytes, witness: WitnessKey) -> datetime:
    """When the witness cosigned the checkpoint, the last time if several; InvalidNote when it never did."""
    _, signers = note_signers(note, (witness,))
    if not signers:
        raise InvalidNote(f"no cosignature of {witness.name!r}")
    _, lines = note_parts(note)
    times = [
        int.from_bytes(data[4:12], "big") for name, data in lines if (name, data[:4]) == (witness.name, witness.id)
    ]
    return datetime.fromtimestamp(max(times), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """A checkpoint of a log that a witness holds: what a witness remembers of a log, and what the log's owner keeps of a witness.

    Both signatures were verified. time: of the cosignature. note: the checkpoint with these two signatures and no other.
    """

    log: VerifierKey
    witness: WitnessKey
    checkpoint: Checkpoint
    time: datetime
    note: bytes

    def encode(self) -> bytes:
        """The bytes of a file that holds it, with the keys that it is verified with."""
        return f"{HEADER}\nlog {self.log}\nwitness {self.witness}\n\n".encode() + self.note

    @property
    def name(self) -> str:
        """A name for the file: one for each size that a witness holds of a log."""
        return f"{sha256(str(self.witness).encode()).hexdigest()[:32]}-{self.checkpoint.size:019}"


def open_cosigned(note: bytes, log: VerifierKey, witness: WitnessKey) -> Cosigned:
    """The checkpoint of the log that the witness cosigned; InvalidNote otherwise."""
    if len(note) > MAX_COSIGNED:
        raise InvalidNote(f"it has {len(note)} bytes, of at most {MAX_COSIGNED}")
    checkpoint = open_checkpoint(note, log)
    time = cosigned_at(note, witness)
    kept = only(note, (log, witness))
    return Cosigned(log=log, witness=witness, checkpoint=checkpoint, time=time, note=kept)


def decode_cosigned(data: bytes) -> Cosigned:
    """What such a file says, under the keys that it names itself: whether they are the right ones is for the caller to say.

    Raises InvalidNote.
    """
    head, blank, note = data.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if lines[0] != HEADER and lines[0].startswith("casemate/cosigned@"):
        raise InvalidNote(f"it was made by a newer version of Casemate ({lines[0][:40]}); update")
    if not blank or len(lines) != 3 or lines[0] != HEADER:
        raise InvalidNote(f"it does not begin as {HEADER} does")
    try:
        log, witness = parse_key(lines[1].removeprefix("log ")), parse_witness(lines[2].removeprefix("witness "))
    except ValueError as error:
        raise InvalidNote(f"one of its keys is none: {error}") from error
    found = open_cosigned(note, log, witness)
    if found.encode() != data:
        raise InvalidNote("it is not in the one spelling that it has")
    return found


def only(note: bytes, keys: tuple[VerifierKey, ...]) -> bytes:
    """The note with the signature lines of these keys alone, in their order. Raises InvalidNote."""
    text, lines = note_parts(note)
    names: Mapping[tuple[str, bytes], VerifierKey] = {(key.name, key.id): key for key in keys}
    found = sorted(
        ((keys.index(names[name, data[:4]]), data) for name, data in lines if (name, data[:4]) in names),
    )
    return f"{text}\n".encode() + b"".join(signature_line(keys[at], data[4:]) for at, data in found)


def joined(notes: tuple[bytes, ...]) -> bytes:
    """One note with the signatures of several over the same text, each once. Raises InvalidNote when the texts differ."""
    text, _ = note_parts(notes[0])
    lines: dict[bytes, None] = {}
    for note in notes:
        head, _, signatures = note.rpartition(b"\n\n")
        if head + b"\n" != text.encode():
            raise InvalidNote("they are not of one checkpoint")
        lines |= dict.fromkeys(signatures.splitlines(keepends=True))
    return f"{text}\n".encode() + b"".join(lines)


def _message(text: bytes, time: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % time + text
