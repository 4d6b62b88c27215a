"""The composition root of releases: asking, agreeing, and handing out, each recorded before it happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from casemate.adapters.statements import read_statement
from casemate.app.authority import Announce, authorise, ground, installed, own_place
from casemate.app.ground import home
from casemate.governance.charter import Target, Tier
from casemate.governance.errors import Denied
from casemate.governance.fields import InvalidStatement
from casemate.governance.note import VerifierKey
from casemate.governance.release import REQUEST, Request, open_request, release_refusal
from casemate.governance.statement import cosign, read_unverified, sign_statement
from casemate.model.errors import UserError

ASK = "casemate release request BUNDLE… --target PATH --to WHOM --reason WHY -o FILE"


class Bundle(NamedTuple):
    """An evidence bundle that is to leave. digest: in hex."""

    name: str
    digest: str
    data: bytes
    receipt: str


def run_request(
    target: Path, bundles: Sequence[Bundle], *, recipient: str, reason: str, days: int, announce: Announce
) -> tuple[bytes, Request]:
    """A request that the operator signs. Raises Denied, when no charter would ever allow it."""
    place = _place(target)
    wall, subject, _ = authorise((place,), Tier.RELEASE, announce=announce)
    own = ground()
    now = own.now().replace(microsecond=0)
    request = Request(
        requester=own.person,
        bundles=tuple(sorted({bundle.digest for bundle in bundles})),
        target=place.path,
        charter=wall.charter.id,
        recipient=recipient,
        reason=reason,
        made=now,
        ends=now + timedelta(days=days),
    )
    with wall.operation("release-request", subject=subject):
        data = sign_statement(REQUEST, request.body(), own.signer)
        try:
            open_request(data, own.person)
        except InvalidStatement as error:
            raise UserError(f"that is no request: {error}", "see `casemate release request --help`") from error
    return data, request


def read_asked(path: Path) -> tuple[bytes, Request]:
    """A request that somebody made, with their own signature. Raises UserError."""
    data = read_statement(path)
    try:
        _, body = read_unverified(data, REQUEST)
        request = open_request(data, _key(body.get("requester")))
    except InvalidStatement as error:
        raise UserError(f"{str(path)!r} is no request: {error}", "ask for it again") from error
    return data, request


def run_approve(data: bytes, request: Request) -> bytes:
    """The request with the operator's agreement. Raises Denied, recorded, for one's own."""
    own = ground()
    with own.records().operation("release-approve", subject=(own_place(),)) as operation:
        if own.person == request.requester:
            raise Denied("nobody agrees to their own request", "ask a person whom the charter names")
        if own.now() >= request.ends:
            raise Denied("the request has ended", "ask for another one")
        operation.state(request=request.id)
        return cosign(data, own.signer)


def hand_out(
    target: Path, bundles: Sequence[str], *, announce: Announce, request: tuple[bytes, Request] | None = None
) -> None:
    """Record that inputs of proofs about a target leave the house. target: its path. bundles: their digests, in hex.

    Raises Denied when it is not allowed, LedgerUnavailable when it cannot be recorded: then nothing may be handed out.
    """
    place = _place(target)
    authority = authorise((place,), Tier.RELEASE, announce=announce)
    own = ground()
    why = release_refusal(
        authority.wall.charter,
        requester=own.person,
        bundles=bundles,
        target=place.path,
        data=None if request is None else request[0],
        now=own.now(),
    )
    asked = "" if request is None else request[1].id
    with authority.wall.operation(
        "release", subject=authority.subject, bundles=len(set(bundles)), request=asked, refusal=why, next_step=ASK
    ) as operation:
        for bundle in bundles:
            operation.keep(bundle)


def leaving(target: Path, folder: Path, bundles: Sequence[str], *, announce: Announce) -> None:
    """Bundles are to be kept in a folder. Under an organisation's charter that is a release, as anywhere but beside the ledger
    they are out of its reach, also when a link stands in the place of that folder. Raises as `hand_out`."""
    if not bundles or installed(ground()) is None:
        return
    if not folder.resolve().is_relative_to(home().resolve() / "bundles"):
        hand_out(target, bundles, announce=announce)


def _place(target: Path) -> Target:
    from casemate.adapters.filesystem import FileTree

    with FileTree(target) as tree:
        return Target(name=str(tree.root), path=str(tree.place))


def _key(text: object) -> VerifierKey:
    from casemate.governance.note import parse_key

    try:
        return parse_key(str(text))
    except ValueError as error:
        raise InvalidStatement(f"it names nobody who asks ({error})") from error
