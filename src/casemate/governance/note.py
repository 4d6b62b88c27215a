"""Signed notes (c2sp.org/signed-note) with Ed25519 keys, their verifier keys, and checkpoints (c2sp.org/tlog-checkpoint).

Parsing is strict: one spelling per value, so that every changed byte of a note is seen. Lines of unknown keys are
ignored, as the specification asks: a witness's cosignature may stand beside ours.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, TypeVar

from casemate.governance.merkle import HASH_SIZE

if TYPE_CHECKING:
    from casemate.ports import Signer

ED25519 = b"\x01"  # the signature type's identifier byte
MAX_SIGNATURES = 64  # the specification asks for at least 16

_SIGNATURE = re.compile("— ([^\\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile("0|[1-9][0-9]{0,18}")


class InvalidNote(ValueError):
    """Bytes that are no signed note, or not one that the key signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A named Ed25519 public key. key: 32 raw bytes. TYPE: the identifier byte of its signatures (c2sp.org/signed-note)."""

    TYPE: ClassVar[bytes] = ED25519
    WHAT: ClassVar[str] = "an Ed25519 key"

    name: str
    key: bytes

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^\s+]+", self.name) or _CONTROL.search(self.name):
            raise ValueError(f"a key name has no space and no plus: {self.name!r}")
        if len(self.key) != 32:
            raise ValueError(f"an Ed25519 public key has 32 bytes, not {len(self.key)!r}")

    @property
    def id(self) -> bytes:
        """The four-byte key id."""
        return sha256(self.name.encode() + b"\n" + self.TYPE + self.key).digest()[:4]

    def __str__(self) -> str:
        """The verifier key's text form (vkey)."""
        return f"{self.name}+{self.id.hex()}+{b64encode(self.TYPE + self.key).decode()}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether this key made the signature (RFC 8032)."""
        # Imported here: commands that sign nothing do not pay for it.
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


Key = TypeVar("Key", bound=VerifierKey)


def parse_key(text: str) -> VerifierKey:
    """The key that a vkey text names, in its one spelling; ValueError otherwise."""
    return parse_key_of(VerifierKey, text)


def parse_key_of(kind: type[Key], text: str) -> Key:
    """The key of that kind that a vkey text names, in its one spelling; ValueError otherwise."""
    name, _, rest = text.strip().partition("+")
    number, _, encoded = rest.partition("+")
    data = decode64(encoded)
    if data[:1] != kind.TYPE:
        raise ValueError(f"it is not of {kind.WHAT}")
    key = kind(name=name, key=data[1:])
    if key.id.hex() != number:
        raise ValueError("its id is not that of its name and key")
    return key


def sign_note(text: str, name: str, signer: Signer) -> bytes:
    """The text with one signature line below."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise ValueError("a note's text ends in a newline and has no other control character")
    key = VerifierKey(name=name, key=signer.public_key)
    return f"{text}\n".encode() + signature_line(key, signer.sign(text.encode()))


def signature_line(key: VerifierKey, signature: bytes) -> bytes:
    """The line of a note that says this signature to be of this key."""
    return f"— {key.name} {b64encode(key.id + signature).decode()}\n".encode()


def add_signature(data: bytes, name: str, signer: Signer) -> bytes:
    """The note with one signature line more, over the same text. Raises InvalidNote."""
    text, lines = note_parts(data)
    if len(lines) >= MAX_SIGNATURES:
        raise InvalidNote(f"a note has at most {MAX_SIGNATURES} signatures")
    return data + sign_note(text, name, signer).removeprefix(f"{text}\n".encode())


def open_note(data: bytes, key: VerifierKey) -> str:
    """The text of a note that the key signed; InvalidNote otherwise."""
    text, signers = note_signers(data, (key,))
    if not signers:
        raise InvalidNote(f"no signature of {key.name!r}")
    return text


def note_signers(data: bytes, keys: Sequence[VerifierKey]) -> tuple[str, tuple[VerifierKey, ...]]:
    """A note's text, and which of the keys signed it, in the order of the keys.

    Raises InvalidNote for bytes that are no note, and for a signature that says to be of one of the keys and is not.
    """
    text, lines = note_parts(data)
    found: set[VerifierKey] = set()
    for name, signature in lines:
        for key in keys:
            if name == key.name and signature[:4] == key.id:
                if not key.verifies(text.encode(), signature[4:]):
                    raise InvalidNote(f"the signature of {key.name!r} does not verify")
                found.add(key)
    return text, tuple(key for key in dict.fromkeys(keys) if key in found)


def note_parts(data: bytes) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """A note's text and its signature lines: name, then id and signature. Nothing is verified."""
    try:
        note = data.decode()
    except UnicodeDecodeError as error:
        raise InvalidNote("a note is UTF-8") from error
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not note.endswith("\n") or _CONTROL.search(note):
        raise InvalidNote("a note is text, a blank line and signature lines")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise InvalidNote(f"a note has at most {MAX_SIGNATURES} signatures, not {len(lines)!r}")
    return f"{text}\n", tuple(_signature_line(line) for line in lines)


def _signature_line(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE.fullmatch(line)
    if match is None:
        raise InvalidNote(f"no signature line: {line!r}")
    try:
        return match[1], decode64(match[2])
    except ValueError as error:
        raise InvalidNote(f"no signature line: {line!r}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A log's tree head. origin: the log's identity. root: 32 raw bytes."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin or self.size < 0 or len(self.root) != HASH_SIZE:
            raise ValueError(f"no tree head: {self.origin!r}, {self.size!r}, {self.root!r}")

    @property
    def text(self) -> str:
        """The note text: origin, size, root hash; no extension lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The head that a note's text states; InvalidNote when it is no checkpoint of ours."""
        lines = text.split("\n")
        if len(lines) != 4 or not _SIZE.fullmatch(lines[1]):
            raise InvalidNote(f"a checkpoint has three lines, of which the second is a size: {text!r}")
        try:
            checkpoint = cls(origin=lines[0], size=int(lines[1]), root=decode64(lines[2]))
        except ValueError as error:
            raise InvalidNote(f"no checkpoint: {text!r}") from error
        return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """The signed checkpoint; the key's name is the origin."""
    return sign_note(checkpoint.text, checkpoint.origin, signer)


def open_checkpoint(data: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint that the log's key signed; InvalidNote otherwise."""
    checkpoint = Checkpoint.parse(open_note(data, key))
    if checkpoint.origin != key.name:
        raise InvalidNote(f"the checkpoint is of {checkpoint.origin!r}, not of {key.name!r}")
    return checkpoint


def decode64(text: str) -> bytes:
    """Standard base64 in its one canonical spelling (RFC 4648 §3.5); ValueError otherwise."""
    data = b64decode(text, validate=True)
    if b64encode(data).decode() != text:
        raise ValueError(f"not canonical base64: {text!r}")
    return data
