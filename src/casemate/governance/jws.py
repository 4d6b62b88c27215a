"""Compact JWS (RFC 7515) in one spelling and with one algorithm: Ed25519 (RFC 8032, RFC 9864).

Nothing in a token chooses how the token is checked. The header is compared with a constant, never interpreted: there is no
`alg` to confuse, no `kid`, `jku` or `crit` to follow. What kind of thing is signed stands in it (RFC 8725 §3.11), so that one
never passes for another. Payload and base64url have one spelling each, so that every changed byte is refused. Any other JOSE
library verifies what is signed here.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.note import VerifierKey
from casemate.governance.statement import person_key

if TYPE_CHECKING:
    from casemate.ports import Signer

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_P = 2**255 - 19  # the field of Ed25519 (RFC 8032 §5.1)
# The y of the eight points of small order: under such a "key" anybody can sign anything.
_SMALL_ORDER = frozenset(
    (
        0,
        1,
        _P - 1,
        int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    )
)


class Kind(StrEnum):
    """What is signed, as the header's `typ` says it."""

    TOKEN = "casemate-token+jwt"  # a token's first block
    BLOCK = "casemate-block+jwt"  # a later block, which narrows it
    PROOF = "casemate-proof+jwt"  # that somebody has the key which the token names


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A JWS whose form was checked, and whose signature was not. text: all of it. payload: what it says."""

    kind: Kind
    text: str
    payload: Mapping[str, object]

    def verifies(self, key: VerifierKey) -> bool:
        """Whether that key signed it."""
        content, _, signature = self.text.rpartition(".")
        return key.verifies(content.encode(), decode64url(signature))

    def fields(self, where: str) -> Fields:
        """What it says, to be read field by field. where: what it is, for messages."""
        return Fields(self.payload, where)


def sign(kind: Kind, payload: Mapping[str, object], signer: Signer) -> str:
    """The payload (texts, whole numbers, lists and objects of these), signed."""
    content = f"{_header(kind)}.{encode64url(_canonical(payload))}"
    return f"{content}.{encode64url(signer.sign(content.encode()))}"


def parse(text: str, kind: Kind) -> Signed:
    """A JWS of that kind in its one spelling. Nothing is verified. Raises InvalidStatement."""
    parts = text.split(".")
    if len(parts) != 3:
        raise InvalidStatement("it is not three parts with dots between")
    if parts[0] != _header(kind):
        raise InvalidStatement(f"its header is not that of a {kind} signed with Ed25519")
    try:
        data = decode64url(parts[1])
        payload = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
        canonical = isinstance(payload, dict) and _canonical(payload) == data
        signature = decode64url(parts[2])
    except (ValueError, RecursionError) as error:
        raise InvalidStatement("it is no base64url of JSON with texts and whole numbers") from error
    if not canonical:
        raise InvalidStatement("what it says is no object in the one spelling (RFC 8785)")
    if len(signature) != 64:
        raise InvalidStatement("its signature has not 64 bytes")
    return Signed(kind=kind, text=text, payload=payload)


def jwk(key: VerifierKey) -> Mapping[str, str]:
    """The key as RFC 8037 §2 has it."""
    return {"crv": "Ed25519", "kty": "OKP", "x": encode64url(key.key)}


def read_jwk(fields: Fields) -> VerifierKey:
    """The key that an object of RFC 8037 §2 names, as a person's. Raises InvalidStatement."""
    kind, curve, encoded = fields.text("kty"), fields.text("crv"), fields.text("x")
    fields.end()
    try:
        data = decode64url(encoded)
    except ValueError as error:
        raise InvalidStatement("the holder's key is no base64url") from error
    if (kind, curve) != ("OKP", "Ed25519") or not sound_key(data):
        raise InvalidStatement("the holder's key is no Ed25519 key that somebody can have")
    return person_key(data)


def sound_key(data: bytes) -> bool:
    """Whether the bytes are a public key in its one encoding, and not one of those under which anybody can sign."""
    y = int.from_bytes(data, "little") & ((1 << 255) - 1)
    return len(data) == 32 and y < _P and y not in _SMALL_ORDER


def encode64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode64url(text: str) -> bytes:
    """Base64url without padding, in its one spelling; ValueError otherwise."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError(f"no base64url: {text[:40]!r}")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode64url(data) != text:
        raise ValueError(f"not in its one spelling: {text[:40]!r}")
    return data


def _header(kind: Kind) -> str:
    return encode64url(_canonical({"alg": "Ed25519", "typ": kind.value}))


def _canonical(value: Mapping[str, object]) -> bytes:
    """RFC 8785 for what tokens hold: names in ASCII, texts, whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _refuse(text: str) -> float:
    raise ValueError(f"no whole number: {text!r}")
