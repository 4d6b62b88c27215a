"""Making, narrowing, presenting, checking and revoking tokens with the operator's key; each is recorded."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from casemate.app.authority import Ground, Organisation, established, ground, installed, own_place
from casemate.app.bearer import new_id, nonces, opened, token_text
from casemate.app.charter import run_revoke as run_list
from casemate.app.ground import own_signer
from casemate.governance.charter import Target
from casemate.governance.charter_file import Installed
from casemate.governance.errors import TokenRefused
from casemate.governance.fields import InvalidStatement
from casemate.governance.grants import Grant
from casemate.governance.ledger import log_key
from casemate.governance.limits import Limits, marked_target, path_target
from casemate.governance.note import VerifierKey, parse_key
from casemate.governance.policy import HOUSE_POLICY, OPERATION, Denial, ports_up_to
from casemate.governance.possession import Accepted, Act, accept, present, subject_digest
from casemate.governance.statement import person_key
from casemate.governance.token import Chain, Token, attenuate, issue, read_token
from casemate.governance.wall import Operation
from casemate.model.errors import UserError

DEFAULT_LIFETIME = timedelta(hours=8)


def own_keys() -> tuple[VerifierKey, VerifierKey]:
    """The operator's key, under which tokens are held and issued, and the ledger's, for which they are presented."""
    public = own_signer().public_key
    return person_key(public), log_key(public)


def places(paths: Sequence[Path], marks: Sequence[str]) -> tuple[Target, ...]:
    """The targets that the operator named: paths, resolved on this machine as far as they exist, and marks such as
    "image:sha256:…".

    Raises UserError.
    """
    try:
        found = [path_target(os.path.realpath(path)) for path in paths]
        for mark in marks:
            kind, _, value = mark.partition(":")
            if kind not in ("repository", "image", "host") or not value:
                raise InvalidStatement(f"{mark!a} is none of repository:NAME, image:sha256:DIGEST and host:ID")
            found.append(marked_target(kind, value))
    except (InvalidStatement, ValueError) as error:
        raise UserError(f"no target: {error}", "name an absolute path or a mark") from error
    return tuple(found)


def parse_holder(text: str) -> VerifierKey:
    """The key of whoever is to hold a token. Raises UserError."""
    try:
        key = parse_key(text)
    except ValueError as error:
        raise UserError(f"the holder's key {text[:80]!a} is none: {error}", _KEY) from error
    if key != person_key(key.key):
        raise UserError(f"{key.name} is no person's key, such as the ledger's is none", _KEY)
    return key


def run_issue(limits: Limits, holder: VerifierKey, charter: str) -> str:
    """A token under an installed charter that names the operator. limits: what is asked for; what is left out is the least:
    all of the charter's targets, the ports that the tier takes, from now for eight hours, no model. charter: the beginning of
    its identity.

    Raises TokenRefused for what the charter does not allow.
    """
    own = ground()
    with _recorded(own) as operation:
        one = _under(own, installed(own), charter)
        begins = limits.begins or own.now().replace(microsecond=0)
        whole = replace(
            limits,
            targets=limits.targets or one.charter.targets,
            ports=limits.ports if limits.ports is not None or limits.tier is None else ports_up_to(limits.tier),
            models=limits.models or frozenset(),
            begins=begins,
            ends=limits.ends or min(begins + DEFAULT_LIFETIME, one.charter.ends),
        )
        if more := Limits.of(one.charter).beyond(whole):
            raise TokenRefused(
                f"the charter does not allow {more}", "ask for no more than it says (casemate charter show)"
            )
        identity = new_id()
        text = issue(charter=one.charter.id, limits=whole, holder=holder, id=identity, issuer=own.signer)
        operation.state(act="issue", token=identity, charter=one.charter.id, holder=holder.name)
    return text


def run_attenuate(path: Path, limits: Limits, holder: VerifierKey | None) -> str:
    """The token in a file with one block more. holder: None for the operator. Raises TokenRefused, UserError."""
    own, text = ground(), token_text(path)
    with _recorded(own) as operation:
        identity, holder = new_id(), holder or own.person
        narrowed = attenuate(text, limits=limits, holder=holder, id=identity, signer=own.signer)
        operation.state(act="attenuate", token=identity, holder=holder.name)
    return narrowed


def run_inspect(path: Path) -> Chain:
    """What the token in a file says. Nothing is verified. Raises TokenRefused, UserError."""
    return read_token(token_text(path))


def run_present(path: Path, operation: str, subject: Sequence[Target], verifier: str) -> str:
    """The proof that the operator, who holds the token in a file, wants that operation on these places, for whoever has the
    verifier's key. Raises TokenRefused, UserError."""
    own, text = ground(), token_text(path)
    try:
        audience = parse_key(verifier)
    except ValueError as error:
        raise UserError(f"the verifier's key {verifier[:80]!a} is none: {error}", _KEY) from error
    with _recorded(own) as recorded:
        chain = read_token(text)
        if chain.holder != own.person:
            raise TokenRefused(
                f"the token belongs to {chain.holder.name}, not to this operator", "use the holder's key"
            )
        act = Act(operation=operation, subject=subject_digest(subject), audience=audience)
        proof = present(text, act, time=own.now(), nonce=new_id(), holder=own.signer)
        recorded.state(act="present", token=chain.blocks[-1].id, verifier=audience.name)
    return proof


def run_check(path: Path) -> Token:
    """The token in a file, when it holds here and now. Raises TokenRefused, UserError."""
    own = ground()
    return opened(own, installed(own), token_text(path))


def run_accept(path: Path, proof: Path, operation: str, subject: Sequence[Target]) -> tuple[Token, Accepted]:
    """What the token in a file gives whoever made the proof, when that permits the operation on these places. The proof is
    used up.

    Raises TokenRefused, UserError.
    """
    own, text, shown = ground(), token_text(path), token_text(proof)
    with _recorded(own) as recorded:
        token = opened(own, installed(own), text)
        act = Act(operation=operation, subject=subject_digest(subject), audience=own.ledger.key)
        accepted = accept(token, shown, act, now=own.now(), take=nonces(own).take)
        places, notes = established(tuple(subject), token.installed, own.now())
        if why := _refusal(accepted, operation, places, own.now()):
            raise TokenRefused(f"{operation} is not permitted: {'; '.join((why, *notes))}", "ask for a wider token")
        recorded.state(act="verify", token=token.chain.blocks[-1].id, holder=token.chain.holder.name)
    return token, accepted


def run_revoke(named: Sequence[str]) -> bytes:
    """The operator's next signed list of revocations, with what is named: ids of blocks, and files of tokens, whose last block is
    meant. Raises UserError."""
    ids = [one if _ID.fullmatch(one) else read_token(token_text(Path(one))).blocks[-1].id for one in named]
    data, _ = run_list(ids)
    return data


_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEY = "it is the line that `casemate token key` prints on the other machine"


def _recorded(own: Ground) -> AbstractContextManager[Operation]:
    return own.records().operation("token", subject=(own_place(),))


def _under(own: Ground, organisation: Organisation | None, identity: str) -> Installed:
    """The charter in force that the operator may issue tokens under. Raises TokenRefused."""
    if organisation is None:
        raise TokenRefused(
            "no charter is installed, and a token is issued under one", "install it (casemate charter add)"
        )
    if organisation.faults:
        raise TokenRefused(f"nothing is permitted: {organisation.faults[0]}", "install it again (casemate charter add)")
    mine = [
        one
        for one in organisation.charters
        if one.charter.id.startswith(identity) and (one.for_key(own.person) or one.issuer == own.person)
    ]
    if not mine:
        raise TokenRefused(
            f"no charter in force{' of that identity' if identity else ''} names this operator ({own.person.name})",
            "have the charter's issuer name this key",
        )
    if len(mine) > 1:
        raise TokenRefused(f"{len(mine)} charters in force name this operator", "choose one with --charter")
    return mine[0]


def _refusal(accepted: Accepted, operation: str, subject: tuple[Target, ...], now: datetime) -> str | None:
    grant: Grant = accepted.grant
    permit = HOUSE_POLICY.permits(grant, OPERATION, operation, subject, now=now)
    if isinstance(permit, Denial):
        return permit.reason
    return accepted.charter.refusal(tier=permit.tier, subject=subject, now=now)
