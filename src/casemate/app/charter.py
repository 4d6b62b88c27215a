"""The composition root of charters: making, installing and withdrawing them, and signing that a repository may be examined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from casemate.adapters.statements import StatementFolder, read_statement
from casemate.app.authority import (
    REVOKED,
    SUFFIX,
    Ground,
    Organisation,
    charters,
    ground,
    installed,
    own_place,
)
from casemate.app.ground import home
from casemate.governance.authorisation import AUTHORISATION, FILE_NAME, Authorisation
from casemate.governance.charter import Target, Tier
from casemate.governance.charter_file import (
    CHARTER,
    REVOCATION,
    Installed,
    Revocations,
    open_charter,
    open_revocations,
    read_charter,
)
from casemate.governance.entries import Outcome
from casemate.governance.errors import Denied
from casemate.governance.fields import InvalidStatement
from casemate.governance.note import VerifierKey, parse_key
from casemate.governance.standing import ADD_CHARTER, REVOKE
from casemate.governance.statement import Body, open_statement, sign_statement
from casemate.model.errors import UserError

_ISSUED = "revoked"
NEW_LIST = "revocation-new"


class Shown(NamedTuple):
    """What holds here. person: the operator's own key. host: this machine's identity, "" for none."""

    person: VerifierKey
    host: str
    organisation: Organisation | None
    now: datetime


def run_show() -> Shown:
    """What counts on this machine. Makes the operator's key on first use."""
    from casemate.adapters.roots.identity import machine_identity

    own = ground()
    return Shown(own.person, machine_identity(), installed(own), own.now())


def run_new(body: Body) -> tuple[bytes, Installed]:
    """A charter that the operator signs as its issuer. Raises UserError when it would be none."""
    own = ground()
    data = sign_statement(CHARTER, body, own.signer)
    try:
        charter = open_charter(data, (own.person,))
    except InvalidStatement as error:
        raise UserError(f"that is no charter: {error}", "see `casemate charter new --help`") from error
    with own.records().operation("charter-new", subject=(own_place(),)) as operation:
        operation.state(charter=charter.charter.id)
    return data, charter


def run_add(path: Path, key: str) -> Installed | Revocations:
    """Install a charter, or a list of what was revoked, that its issuer signed. key: the issuer's, for the first one.

    Raises Denied, recorded, for one that does not count; UserError for what is neither.
    """
    data = read_statement(path)
    kind = data.split(b"\n", 1)[0].decode("utf-8", "replace")
    place = Target(name=str(path), path=str(path.resolve()))
    own = ground()
    with own.records(place).operation(REVOKE if kind == REVOCATION else ADD_CHARTER, subject=(place,)) as operation:
        try:
            issuer = _issuer(own.standing.issuer, key)
            if kind == REVOCATION:
                revocations = _newer(data, issuer, own)
                charters().write(REVOKED, data)
                operation.state(
                    revocation=revocations.id, number=revocations.number, frees=int(bool(revocations.frees))
                )
                return revocations
            charter = open_charter(data, (issuer,))
        except InvalidStatement as error:
            raise Denied(f"{str(path)!r} is not installed: {error}", "ask its issuer for one that counts") from error
        organisation = installed(own)
        if organisation is not None and charter.charter.id in organisation.revoked:
            raise Denied(f"{str(path)!r} is not installed: it was revoked", "ask its issuer for another one")
        if own.now() >= charter.charter.ends:
            raise Denied(
                f"{str(path)!r} is not installed: it ended on {charter.charter.until.isoformat()}",
                "ask its issuer for another one",
            )
        charters().write(charter.charter.id + SUFFIX, data)
        operation.state(charter=charter.charter.id, issuer=str(issuer))
    return charter


def run_revoke(ids: Sequence[str], *, frees: Sequence[VerifierKey] = ()) -> tuple[bytes, Revocations]:
    """The issuer's next list of what is revoked: all that earlier ones say, and these. frees: operators who have no
    organisation's charter any more once they install it; it counts nowhere else.

    Raises UserError for what cannot be revoked, and when the last list is gone: the next would forget what it revoked."""
    own = ground()
    kept = StatementFolder(home() / "issued")
    try:
        earlier = open_revocations(kept.read(_ISSUED) or b"", (own.person,))
    except InvalidStatement:
        earlier = Revocations(id="", number=0, ids=frozenset(), frees=frozenset())
    signed = own.standing.outcomes.get((NEW_LIST, Outcome.COMPLETED.value), 0)
    if earlier.number < signed:  # each has the next number
        raise UserError(
            f"of {signed} lists of revocations that this operator signed the last is missing, or was changed",
            f"put it back, as it was handed out, to {str(home() / 'issued' / _ISSUED)!r}",
        )
    body: dict[str, object] = {"number": earlier.number + 1, "revoked": sorted(earlier.ids | set(ids))}
    lasting = sign_statement(REVOCATION, body, own.signer)  # later lists free nobody, but follow this one
    data = sign_statement(REVOCATION, {**body, "frees": sorted(map(str, frees))}, own.signer) if frees else lasting
    try:
        made = open_revocations(data, (own.person,))
    except InvalidStatement as error:
        raise UserError(f"that cannot be revoked: {error}", "name charters and tokens by their identities") from error
    with own.records().operation(NEW_LIST, subject=(own_place(),)) as operation:
        kept.write(_ISSUED, lasting)
        operation.state(revocation=made.id, number=made.number)
    return data, made


def identity_of(text: str) -> str:
    """The identity that a text is, or that of the signed charter in the file that it names. Raises UserError."""
    if len(text) == 64 and set(text) <= set("0123456789abcdef"):
        return text
    own = ground()
    try:
        return read_charter(open_statement(read_statement(Path(text)), CHARTER, (own.person,))).charter.id
    except InvalidStatement as error:
        raise UserError(
            f"{text!r} is no charter that this operator's key signed: {error}", "give the identity itself"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    """What was signed, and where the file is."""

    said: Authorisation
    file: Path


def run_authorise(place: Path, repository: str, days: int) -> Authorised:
    """Sign that a repository may be examined, and lay the file into its top folder. Raises UserError when it is none."""
    from casemate.adapters.repository import EnclosingRepository

    around = EnclosingRepository(place.resolve())
    head = around.head()
    if around.top is None or not head:
        raise UserError(
            f"{str(place)!r} is in no git repository of its own that has a commit", "name a clone; commit first"
        )
    own = ground()
    now = own.now().replace(microsecond=0)
    said = Authorisation(repository=repository, commit=head, begins=now, ends=now + timedelta(days=days))
    data = sign_statement(AUTHORISATION, said.body(), own.signer)
    subject = Target(name=str(place), path=str(around.top))
    with own.records(subject).operation("authorise", subject=(own_place(), subject)):
        StatementFolder(around.top).write(FILE_NAME, data)
    return Authorised(said=said, file=around.top / FILE_NAME)


def charter_body(
    *,
    issuer: str,
    purpose: str,
    holders: Sequence[tuple[str, VerifierKey]],
    targets: Sequence[Body],
    tier: Tier,
    since: date,
    until: date,
    models: Sequence[str] = (),
    executions: int | None = None,
    releases: int | None = None,
    approvers: Sequence[tuple[str, VerifierKey]] = (),
) -> Body:
    """What a charter says, as it is signed."""
    body: dict[str, object] = {
        "issuer": issuer,
        "purpose": purpose,
        "holders": [{"name": name, "key": str(key)} for name, key in holders],
        "targets": [dict(target) for target in targets],
        "tier": tier.value,
        "from": since.isoformat(),
        "until": until.isoformat(),
    }
    quotas = {"executions": executions, "releases": releases}
    if given := {name: amount for name, amount in quotas.items() if amount is not None}:
        body["quotas"] = given
    if models:
        body["models"] = list(models)
    if approvers:
        body["approvers"] = [{"name": name, "key": str(key)} for name, key in approvers]
    return body


def _issuer(standing: str, key: str) -> VerifierKey:
    """The key whose charters count here: the one that is known, else the one that the operator names. Raises InvalidStatement."""
    known = parse_key(standing) if standing else None
    try:
        named = parse_key(key) if key else known
    except ValueError as error:
        raise InvalidStatement(f"{key[:120]!r} is no key ({error})") from error
    if named is None:
        raise InvalidStatement("no issuer is known here yet; give its key by --key, from a place that you trust")
    if known is not None and named != known:
        raise InvalidStatement("another issuer's charters count here already; only that one can give the machine back")
    return named


def _newer(data: bytes, issuer: VerifierKey, own: Ground) -> Revocations:
    """The list of revocations, which follows the one that is known, or is that very one, put back. Raises InvalidStatement."""
    if not own.standing.issuer:
        raise InvalidStatement("no charter was ever installed here, so there is nothing to revoke")
    revocations = open_revocations(data, (issuer,))
    known, identity = own.standing.revoked
    if revocations.number < known or (
        revocations.number == known and (revocations.id != identity or revocations.frees)
    ):
        raise InvalidStatement(f"it has number {revocations.number}, and number {known} is known already")
    if revocations.frees and own.person not in revocations.frees:
        raise InvalidStatement("it gives other machines back, not that of this operator")
    return revocations
