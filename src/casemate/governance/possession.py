"""Proof of possession: that whoever presents a token has its holder's key, for this one act, here and now.

The holder signs the token's hash, the operation, the digest of what it is about, who is to check it, the time and a nonce. It
is taken once, and within minutes. What it is compared with comes from the code that checks: nothing of it is believed. Only
here does a token become a grant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from casemate.governance.charter import Charter, Target, Tier
from casemate.governance.errors import TokenRefused
from casemate.governance.fields import InvalidStatement, time_text
from casemate.governance.grants import Grant
from casemate.governance.jws import Kind, parse, sign
from casemate.governance.limits import read_seconds, seconds
from casemate.governance.note import VerifierKey
from casemate.governance.policy import WORK
from casemate.governance.token import VERSION, Token, check_version, text_digest

if TYPE_CHECKING:
    from casemate.ports import Signer

MAX_PROOF = 4096  # characters
MAX_AGE = timedelta(minutes=5)
MAX_AHEAD = timedelta(seconds=30)  # by which the holder's clock may be fast
KEPT_FOR = MAX_AGE + MAX_AHEAD
"""How long a nonce is remembered at least: afterwards the proof is too old by itself."""

_NEXT = "present the token again (casemate token present)"
_NONCE = re.compile(r"[0-9a-f]{32}", re.ASCII)

Take = Callable[[str, datetime], bool]
"""Remembers a nonce, until that time at least; whether it was new. Atomic: of two callers one is told that it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What somebody wants to do. operation: such as "scan". subject: digest of what it is about (`subject_digest`). audience:
    key of the ledger of whoever checks."""

    operation: str
    subject: str
    audience: VerifierKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A token that its holder has presented. charter: the installed one, with the token's quotas and model endpoints where these
    are narrower. Of those who may approve it names nobody through whose hands the token went, from its issuer to its holder: what
    is asked for with it is asked for by all of these, and the second person must be another one."""

    grant: Grant
    charter: Charter

    def line(self) -> str:
        """What it gives, in one visible line."""
        grant = self.grant
        places = ", ".join(target.name for target in grant.targets)
        return (
            f"token under charter {self.charter.id[:12]}: {grant.tier} under {places}, for {grant.holder}, "
            f"until {time_text(grant.expires)}"
        )


def subject_digest(subject: Iterable[Target]) -> str:
    """SHA-256, in hex, of a set of places: their resolved paths and their marks, each behind its length."""
    parts = sorted({(place.path, *sorted(place.marks)) for place in subject})
    digest = sha256(b"casemate/subject")
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        for text in part:
            data = text.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


def present(token: str, act: Act, *, time: datetime, nonce: str, holder: Signer) -> str:
    """The proof that the holder wants this act now. nonce: 32 random hex digits, never used again."""
    payload = {
        "aud": str(act.audience),
        "iat": seconds(time),
        "nonce": nonce,
        "operation": act.operation,
        "subject": act.subject,
        "token": text_digest(token),
        "v": VERSION,
    }
    return sign(Kind.PROOF, payload, holder)


def accept(token: Token, proof: str, act: Act, *, now: datetime, take: Take) -> Accepted:
    """What the token gives whoever made the proof, for that act. Raises TokenRefused."""
    if len(proof) > MAX_PROOF:
        raise TokenRefused(f"the proof of possession has more than {MAX_PROOF} characters", _NEXT)
    try:
        signed = parse(proof, Kind.PROOF)
        fields = signed.fields("the proof")
        check_version(fields, "the proof of possession")
        audience, made, nonce = fields.key("aud"), read_seconds(fields, "iat"), fields.text("nonce")
        operation, subject, of = fields.text("operation"), fields.digest("subject"), fields.digest("token")
        fields.end()
        if not _NONCE.fullmatch(nonce):
            raise InvalidStatement("its nonce is not 32 hex digits")
    except InvalidStatement as error:
        raise TokenRefused(f"the proof of possession is not readable: {error}", _NEXT) from error
    if not signed.verifies(token.chain.holder):
        raise TokenRefused("the proof of possession is not signed with the key of the token's holder", _NEXT)
    for what, said, wanted in (
        ("token", of, token.chain.digest),
        ("operation", operation, act.operation),
        ("target", subject, act.subject),
        ("verifier", audience, act.audience),
    ):
        if said != wanted:
            raise TokenRefused(f"the proof of possession is for another {what}", _NEXT)
    if now - made > MAX_AGE:
        raise TokenRefused(
            f"the proof of possession is older than {MAX_AGE.seconds // 60} minutes",
            f"set the clocks right, and {_NEXT}",
        )
    if made - now > MAX_AHEAD:
        raise TokenRefused("the proof of possession is from the future", f"set the clocks right, and {_NEXT}")
    if not take(nonce, made + KEPT_FOR):
        raise TokenRefused("the proof of possession was used before", _NEXT)
    return _accepted(token)


def _accepted(token: Token) -> Accepted:
    limits, chain, charter = token.limits, token.chain, token.installed.charter
    person = token.installed.for_key(chain.issuer)
    if limits.tier is None or limits.targets is None or limits.ends is None:
        raise TokenRefused("the token says nothing of tier, targets or end", _NEXT)
    asking = (chain.issuer, *(block.holder for block in chain.blocks))
    tier, second = limits.tier, tuple(one for one in charter.approvers if one.key not in asking)
    if charter.approvers and not second and tier is Tier.RELEASE:
        tier = Tier.FIX  # a charter without approvers would ask for nobody's agreement
    return Accepted(
        grant=Grant(
            holder=f"{chain.holder.name} by token {chain.blocks[-1].id} of {person.name if person else 'the issuer'}",
            tier=tier,
            targets=limits.targets,
            ports=limits.ports or frozenset(),
            operations=WORK if limits.operations is None else WORK & limits.operations,
            expires=limits.ends,
        ),
        charter=replace(
            charter,
            models=limits.models or frozenset(),
            quotas=limits.quotas,
            approvers=second or charter.approvers,
        ),
    )
