"""Reading tokens, and acting under one: the operator's own key must be that of its holder."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from casemate.adapters.nonces import NonceFolder
from casemate.adapters.statements import read_statement
from casemate.app.ground import home
from casemate.governance.charter import Target, Tier
from casemate.governance.errors import TokenRefused
from casemate.governance.possession import Accepted, Act, accept, present, subject_digest
from casemate.governance.token import Token, open_token, read_token

if TYPE_CHECKING:
    from casemate.app.authority import Ground, Organisation
    from casemate.governance.charter_file import Installed

Establish = Callable[["Installed"], tuple[Target, ...]]
"""The places that an operation is about, marked with what was established about them as that charter asks."""

_VISIBLE = re.compile(r"[!-~]*", re.ASCII)


class Borne(NamedTuple):
    """What the operator may do under a token. subject: the places, marked."""

    accepted: Accepted
    subject: tuple[Target, ...]


def token_text(path: Path) -> str:
    """The token, or the proof, in a file: one line. Raises UserError for what is no such file."""
    data = read_statement(path)
    text = data.decode("ascii", "replace").removesuffix("\n")
    if not text or not _VISIBLE.fullmatch(text):
        raise TokenRefused(f"{path.name!r} holds no token: that is one line in ASCII", "name the file of a token")
    return text


def opened(own: Ground, organisation: Organisation | None, text: str) -> Token:
    """The token, when it holds now under a charter that counts on this machine. Raises TokenRefused."""
    chain = read_token(text)
    if organisation is None:
        raise TokenRefused(
            f"the token is under charter {chain.charter[:12]}, and no charter is installed here",
            "install it (casemate charter add)",
        )
    if organisation.faults:
        raise TokenRefused(f"nothing is permitted: {organisation.faults[0]}", "install it again (casemate charter add)")
    installed = next((one for one in organisation.charters if one.charter.id == chain.charter), None)
    if installed is None:
        raise TokenRefused(
            f"the token is under charter {chain.charter[:12]}, which is not in force here",
            "install that charter (casemate charter add), or ask for a token under one that is in force",
        )
    return open_token(text, installed=installed, revoked=organisation.revoked, now=own.now())


def borne(own: Ground, organisation: Organisation | None, path: Path, tier: Tier, establish: Establish) -> Borne:
    """What the token in a file gives the operator, who shows to be its holder, for a run up to that tier on these places.

    Raises TokenRefused, UserError.
    """
    text = token_text(path)
    token = opened(own, organisation, text)
    subject = establish(token.installed)
    act = Act(operation=tier.value, subject=subject_digest(subject), audience=own.ledger.key)
    proof = present(text, act, time=own.now(), nonce=new_id(), holder=own.signer)
    return Borne(accept(token, proof, act, now=own.now(), take=nonces(own).take), subject)


def nonces(own: Ground) -> NonceFolder:
    """The nonces of the proofs that were accepted here."""
    return NonceFolder(home() / "nonces", own.standing.latest)


def new_id() -> str:
    """An identity or a nonce: 128 random bits in hex."""
    return secrets.token_hex(16)
