"""Tokens: a grant that crosses from one process or machine to another, signed, bound to its holder's key, and expiring.

A token is a chain of JWS (`jws`), joined by "~". The first block is signed by the issuer, whom an installed charter names; each
later one by the holder whom the block before it names (`cnf`, RFC 7800), and it carries the SHA-256 of all that stands before
it, so that blocks are not re-ordered, dropped from the middle or put into another chain. What a chain allows is what every one
of its blocks and the charter allow. Blocks cut off its end leave the token of an earlier holder, whose key the cutter does not
have: therefore a token gives a grant only together with a proof of possession (`possession`).

All of it is checked offline. What it is checked against (time, charter, revocations) is handed in by code of ours, and is never
taken from the token.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from casemate.governance.charter_file import Installed
from casemate.governance.errors import TokenRefused
from casemate.governance.fields import Fields, InvalidStatement, time_text
from casemate.governance.jws import Kind, Signed, jwk, parse, read_jwk, sign
from casemate.governance.limits import Limits, read_limits
from casemate.governance.note import VerifierKey
from casemate.governance.statement import person_key

if TYPE_CHECKING:
    from casemate.ports import Signer

VERSION = 1
MAX_TOKEN = 1 << 16  # characters
MAX_BLOCKS = 16
MAX_LIFETIME = timedelta(days=31)
"""From `nbf` to `exp` of a first block: lists of revocations need not keep an id for ever, nor a lost key give authority."""

ASK_AGAIN = "ask whoever issued it for another one"
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block. id: its `jti`, 32 hex digits. signer: whose signature it must have. holder: who may use or narrow it from here
    on. before: SHA-256, in hex, of the blocks before it, "" for the first."""

    id: str
    signer: VerifierKey
    holder: VerifierKey
    limits: Limits
    before: str
    signed: Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A token whose form was checked, and nothing else. charter: identity of the charter that it is under."""

    text: str
    charter: str
    blocks: tuple[Block, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the token, in hex."""
        return text_digest(self.text)

    @property
    def issuer(self) -> VerifierKey:
        """Who says to have issued it."""
        return self.blocks[0].signer

    @property
    def holder(self) -> VerifierKey:
        """Who may use it."""
        return self.blocks[-1].holder

    @property
    def limits(self) -> Limits:
        """What all of its blocks allow."""
        limits = Limits()
        for block in self.blocks:
            limits = limits.narrowed(block.limits)
        return limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A chain that holds under an installed charter, now. limits: what it and the charter allow. It is no grant yet: nobody has
    shown to be its holder."""

    chain: Chain
    installed: Installed
    limits: Limits


def read_token(text: str) -> Chain:
    """The token that a text is, strictly; nothing is verified. Raises TokenRefused."""
    if len(text) > MAX_TOKEN:
        raise TokenRefused(f"the token has {len(text)} characters, of at most {MAX_TOKEN}", ASK_AGAIN)
    parts = text.split("~")
    if len(parts) > MAX_BLOCKS:
        raise TokenRefused(f"the token has {len(parts)} blocks, of at most {MAX_BLOCKS}", ASK_AGAIN)
    charter, blocks = "", list[Block]()
    for number, part in enumerate(parts):
        where = f"block {number + 1}"
        try:
            signed = parse(part, Kind.BLOCK if number else Kind.TOKEN)
            fields = signed.fields(where)
            check_version(fields, "the token")
            if number:
                signer, before = blocks[-1].holder, fields.digest("prev")
            else:
                signer, before, charter = fields.key("iss"), "", fields.digest("charter")
            block = Block(
                id=_id(fields, where),
                signer=signer,
                holder=read_jwk(_jwk(fields.part("cnf"))),
                limits=read_limits(fields, whole=not number),
                before=before,
                signed=signed,
            )
            fields.end()
        except InvalidStatement as error:
            raise TokenRefused(f"{where} of the token is not readable: {error}", ASK_AGAIN) from error
        blocks.append(block)
    return Chain(text=text, charter=charter, blocks=tuple(blocks))


def open_token(text: str, *, installed: Installed, revoked: Collection[str], now: datetime) -> Token:
    """The token, when it holds at that time under that charter. revoked: ids of charters and blocks. Raises TokenRefused."""
    chain = read_token(text)
    charter = installed.charter
    if chain.charter != charter.id:
        raise TokenRefused(
            f"the token is under charter {chain.charter[:12]}, which is not the one that counts here",
            "install that charter, or ask for a token under the one that is installed",
        )
    if chain.issuer != installed.issuer and installed.for_key(chain.issuer) is None:
        raise TokenRefused("the token's issuer is nobody whom the charter names", "ask a holder of the charter for one")
    check_chain(chain)
    for number, block in enumerate(chain.blocks, 1):
        if block.id in revoked:
            raise TokenRefused(f"block {number} of the token ({block.id}) was revoked", ASK_AGAIN)
    if charter.id in revoked:
        raise TokenRefused("the charter that the token is under was revoked", "ask for a charter that holds")
    first = chain.blocks[0].limits
    if first.begins and first.ends and first.ends - first.begins > MAX_LIFETIME:
        raise TokenRefused(f"the token would hold for more than {MAX_LIFETIME.days} days", ASK_AGAIN)
    limits = Limits.of(charter).narrowed(chain.limits)
    if limits.begins and now < limits.begins:
        raise TokenRefused(
            f"the token does not hold before {time_text(limits.begins)}", "wait, or set the machine's clock right"
        )
    if limits.ends is None or now >= limits.ends:
        over = "" if limits.ends is None else f" at {time_text(limits.ends)}"
        raise TokenRefused(f"the token expired{over}", ASK_AGAIN)
    if not limits.targets:
        raise TokenRefused("the token leaves no target that its charter and all of its blocks name", ASK_AGAIN)
    return Token(chain=chain, installed=installed, limits=limits)


def check_chain(chain: Chain) -> None:
    """Whether each block is signed by whom it must be, and stands where it was made. Raises TokenRefused."""
    before = list[str]()
    for number, block in enumerate(chain.blocks, 1):
        if before and block.before != text_digest("~".join(before)):
            raise TokenRefused(f"block {number} of the token was made for another place", ASK_AGAIN)
        if not block.signed.verifies(block.signer):
            raise TokenRefused(f"the signature of block {number} of the token does not verify", ASK_AGAIN)
        before.append(block.signed.text)


def issue(*, charter: str, limits: Limits, holder: VerifierKey, id: str, issuer: Signer) -> str:
    """A token of one block. charter: its identity. limits: all of them but the quotas. id: 32 random hex digits.

    Raises TokenRefused for what no reader would take.
    """
    payload = {
        **limits.claims(),
        "charter": charter,
        "cnf": {"jwk": jwk(holder)},
        "iss": str(person_key(issuer.public_key)),
        "jti": id,
        "v": VERSION,
    }
    text = sign(Kind.TOKEN, payload, issuer)
    _check_times(read_token(text).blocks[0].limits)
    return text


def attenuate(text: str, *, limits: Limits, holder: VerifierKey, id: str, signer: Signer) -> str:
    """The token with one block more, for a holder who may be another. limits: what it states; nothing beyond the token.

    Raises TokenRefused when it is not the signer's to narrow, when it is not whole, and when it would state more.
    """
    chain = read_token(text)
    check_chain(chain)
    if chain.holder.key != signer.public_key:
        raise TokenRefused(
            f"the token belongs to {chain.holder.name}, and only its holder can narrow it", "use the holder's key"
        )
    if more := chain.limits.beyond(limits):
        raise TokenRefused(f"the token does not allow {more}", "ask for no more than it says (casemate token inspect)")
    payload = {
        **limits.claims(),
        "cnf": {"jwk": jwk(holder)},
        "jti": id,
        "prev": chain.digest,
        "v": VERSION,
    }
    narrowed = f"{text}~{sign(Kind.BLOCK, payload, signer)}"
    _check_times(read_token(narrowed).limits)
    return narrowed


def text_digest(text: str) -> str:
    """SHA-256 of a text in ASCII, in hex."""
    return sha256(text.encode()).hexdigest()


def check_version(fields: Fields, what: str) -> None:
    """Raises InvalidStatement for another version than ours."""
    version = fields.integer("v")
    if version > VERSION:
        raise InvalidStatement(f"{what} was made by a newer version of Casemate (version {version}); update")
    if version != VERSION:
        raise InvalidStatement(f"{what} is of version {version}, which there never was")


def _check_times(limits: Limits) -> None:
    if limits.begins is None or limits.ends is None or limits.ends <= limits.begins:
        raise TokenRefused("the token would end before it begins", "give a later end")
    if limits.ends - limits.begins > MAX_LIFETIME:
        raise TokenRefused(f"a token holds for at most {MAX_LIFETIME.days} days", "give an earlier end")


def _id(fields: Fields, where: str) -> str:
    text = fields.text("jti")
    if not _ID.fullmatch(text):
        raise InvalidStatement(f"{where}: jti is not 32 hex digits")
    return text


def _jwk(confirmation: Fields) -> Fields:
    key = confirmation.part("jwk")
    confirmation.end()
    return key
