"""Signed statements: what a person or a machine says under its key, in a file that people can read.

A statement is a signed note (c2sp.org/signed-note). The first line names its kind and version, so that a signature under one
kind never passes for another (nor for a ledger's checkpoint, whose first line is the ledger's name); below stands one JSON
object in the one spelling that `encode` gives. More signature lines may follow: that is how a second person agrees to the very
same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.note import InvalidNote, VerifierKey, add_signature, note_signers, sign_note

if TYPE_CHECKING:
    from casemate.ports import Signer

Body = Mapping[str, object]
"""What a statement says: texts, integers, true and false, lists and objects of these."""

MAX_STATEMENT = 16 << 20  # bytes
_KIND = re.compile(r"(casemate/[a-z-]+)@v([1-9][0-9]{0,3})")


def person_key(public_key: bytes) -> VerifierKey:
    """The key that a person signs statements with. Its name follows from the key, so that nobody can take another's."""
    return VerifierKey(name=f"casemate.alt/key/{sha256(public_key).hexdigest()[:32]}", key=public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement whose signatures were verified. kind: with its version. id: SHA-256 of the text, in hex. signers: of the keys
    that were asked for, those that signed; never empty."""

    kind: str
    body: Body
    id: str
    signers: tuple[VerifierKey, ...]

    def fields(self) -> Fields:
        """What it says, to be read field by field."""
        return Fields(self.body, self.kind)


def statement_text(kind: str, body: Body) -> str:
    """The text that is signed. Raises ValueError for what no statement can say."""
    if not _KIND.fullmatch(kind):
        raise ValueError(f"no kind of a statement: {kind!r}")
    _check(body)
    return f"{kind}\n{_encode(body)}\n"


def statement_id(text: str) -> str:
    """The identity of a statement: SHA-256 of the text that was signed, in hex."""
    return sha256(text.encode()).hexdigest()


def sign_statement(kind: str, body: Body, signer: Signer) -> bytes:
    """The statement, signed."""
    return sign_note(statement_text(kind, body), person_key(signer.public_key).name, signer)


def cosign(data: bytes, signer: Signer) -> bytes:
    """The same statement with one signature more. Raises InvalidStatement."""
    try:
        return add_signature(data, person_key(signer.public_key).name, signer)
    except InvalidNote as error:
        raise InvalidStatement(str(error)) from error


def open_statement(data: bytes, kind: str, keys: Sequence[VerifierKey]) -> Statement:
    """What a statement of this kind says that at least one of the keys signed; InvalidStatement otherwise."""
    text, body = read_unverified(data, kind)
    try:
        _, signers = note_signers(data, keys)
    except InvalidNote as error:
        raise InvalidStatement(str(error)) from error
    if not signers:
        raise InvalidStatement("it is signed by nobody whose signature counts here")
    return Statement(kind=kind, body=body, id=statement_id(text), signers=signers)


def read_unverified(data: bytes, kind: str) -> tuple[str, Body]:
    """The text and what it says, whoever signed it: only to be shown, and to look up whose signature it should have."""
    if len(data) > MAX_STATEMENT:
        raise InvalidStatement(f"it has {len(data)} bytes, of at most {MAX_STATEMENT}")
    try:
        text, _ = note_signers(data, ())
    except InvalidNote as error:
        raise InvalidStatement(str(error)) from error
    first, _, rest = text.partition("\n")
    if first != kind:
        raise InvalidStatement(_other_kind(first, kind))
    try:
        body = json.loads(rest, parse_float=_refuse, parse_constant=_refuse)
        canonical = f"{_encode(body)}\n" == rest
    except (ValueError, RecursionError) as error:
        raise InvalidStatement("what stands below its first line is no JSON of whole numbers and text") from error
    if not isinstance(body, dict):
        raise InvalidStatement("what stands below its first line is no object")
    if not canonical:
        raise InvalidStatement("it is not in the one spelling that a statement has")
    return text, body


def _other_kind(first: str, kind: str) -> str:
    seen, wanted = _KIND.fullmatch(first), _KIND.fullmatch(kind)
    if seen is None or wanted is None:
        return f"it does not begin with {kind}"
    if seen[1] == wanted[1] and int(seen[2]) > int(wanted[2]):
        return f"it was made by a newer version of Casemate ({first}); update, this one knows {kind}"
    return f"it is a {first}, not a {kind}"


def _encode(body: object) -> str:
    return json.dumps(body, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)


def _check(value: object) -> None:
    """Raises ValueError for a float, and for anything else that has no one spelling."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            _check(name)
            _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif not isinstance(value, str | int):
        raise ValueError(f"a statement holds texts and whole numbers: {value!r}")


def _refuse(text: str) -> float:
    raise ValueError(f"no whole number: {text!r}")
