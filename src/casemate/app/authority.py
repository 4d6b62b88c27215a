"""Whose authority an operation has: a charter made for what the operator named, or, once an organisation's is installed, that one
alone."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from casemate.adapters.clock import SystemClock
from casemate.adapters.keys import FileSigner, load_or_create_digest_key
from casemate.adapters.repository import EnclosingRepository
from casemate.adapters.standing_file import StandingFile
from casemate.adapters.statements import StatementFolder
from casemate.app.ground import home, ledger_files, operator, own_signer
from casemate.governance.authorisation import authorisation_refusal
from casemate.governance.budget import HOUSE_LIMITS, Counts
from casemate.governance.charter import Charter, Target, Tier, single_operator
from casemate.governance.charter_file import Installed, Revocations, open_charter, open_revocations
from casemate.governance.digests import KeyedDigests
from casemate.governance.errors import LedgerMissing, TokenRefused
from casemate.governance.fields import InvalidStatement
from casemate.governance.grants import Grant
from casemate.governance.ledger import Ledger
from casemate.governance.note import VerifierKey, parse_key
from casemate.governance.policy import HOUSE_POLICY
from casemate.governance.standing import Standing, fold
from casemate.governance.statement import person_key
from casemate.governance.wall import Wall

Announce = Callable[[str], None]

TOKEN: ContextVar[Path | None] = ContextVar("token", default=None)
"""The file with the token that the operator acts under. In one place for all that a command does, so that no part of it can fall
back on a wider authority by leaving the token out."""

MAY_BEGIN: ContextVar[frozenset[str] | None] = ContextVar("may_begin", default=None)
"""Names of the operations that what runs here was started for; None for a command, which begins what it needs. In one place for
the same reason, and for the operator's own records as well."""

SUFFIX = ".charter"
REVOKED = "revoked"


class Organisation(NamedTuple):
    """What an organisation has laid down for this machine. charters: those that count, by identity. revocations: the last list,
    None when there never was one. faults: what the ledger knows and the folder does not give: then nothing is permitted."""

    issuer: VerifierKey
    charters: tuple[Installed, ...]
    revocations: Revocations | None
    faults: tuple[str, ...]

    @property
    def revoked(self) -> frozenset[str]:
        """Identities of what counts no more."""
        return self.revocations.ids if self.revocations is not None else frozenset()


class Ground(NamedTuple):
    """The operator's own: key, ledger, and what the ledger says holds now."""

    signer: FileSigner
    ledger: Ledger
    digests: KeyedDigests
    standing: Standing

    @property
    def person(self) -> VerifierKey:
        """The key that the operator signs statements with."""
        return person_key(self.signer.public_key)

    def now(self) -> datetime:
        """The clock's time, and never less than the latest that the ledger knows."""
        return max(SystemClock().now(), self.standing.latest)

    def wall(
        self,
        charter: Charter,
        budget: Counts = HOUSE_LIMITS,
        barred: str = "",
        *,
        grant: Grant | None = None,
        remedy: str = "",
    ) -> Wall:
        """The wall around what the charter allows, and the grant where there is one."""
        return Wall(
            charter=charter,
            policy=HOUSE_POLICY,
            ledger=self.ledger,
            digests=self.digests,
            clock=SystemClock(),
            budget=budget,
            standing=self.standing,
            barred=barred,
            grant=grant,
            operations=MAY_BEGIN.get(),
            remedy=remedy,
        )

    def records(self, *places: Target) -> Wall:
        """The wall around the operator's own records, such as charters and advisories: no target is touched, so that no
        organisation's charter needs to cover them. Once an operation has begun, `standing` is what holds then."""
        return self.wall(single_operator((own_place(), *places), self.now(), who=operator(), tier=Tier.FIND))


def ground() -> Ground:
    """The operator's own, made on first use. Raises LedgerUnavailable, LedgerDamaged."""
    signer = own_signer()
    digest_key = load_or_create_digest_key(home())
    ledger = Ledger(store=ledger_files(), signer=signer)
    kept = StandingFile(home() / "standing.json", digest_key)
    try:
        size = ledger.head()[0].size
    except LedgerMissing:
        size = 0
    standing = fold(ledger, kept.load(ledger, size))
    kept.save(ledger, standing)
    return Ground(signer, ledger, KeyedDigests(digest_key), standing)


class Authority(NamedTuple):
    """What an operation stands on. subject: the places, with what was established about them. bounded: an organisation's charter
    counts, so that a walk stays within one file system and one repository."""

    wall: Wall
    subject: tuple[Target, ...]
    bounded: bool


def authorise(
    subject: tuple[Target, ...],
    tier: Tier,
    *,
    announce: Announce,
    budget: Counts = HOUSE_LIMITS,
    endpoint: str = "",
) -> Authority:
    """What may be done with these places. announce: told the charter that counts, in one line. endpoint: address of the model
    that the operator names; an organisation's charter names its own.

    Under a token (`TOKEN`) neither a charter made here counts nor one that names the operator. A refusal comes, and is
    recorded, when an operation is begun. Raises LedgerUnavailable.
    """
    own = ground()
    organisation = installed(own)
    if (token := TOKEN.get()) is not None:
        return _by_token(own, organisation, token, subject, tier, announce, budget)
    if organisation is None:
        charter = single_operator(subject, own.now(), who=operator(), tier=tier, endpoint=endpoint)
        announce(charter.line())
        return Authority(own.wall(charter, budget), subject, False)
    charter, why, marked = _chosen(organisation, own, subject, tier)
    announce(charter.line() if not why else f"charter: none that allows it; {why}")
    return Authority(own.wall(charter, budget, why), marked, True)


def _by_token(
    own: Ground,
    organisation: Organisation | None,
    token: Path,
    subject: tuple[Target, ...],
    tier: Tier,
    announce: Announce,
    budget: Counts,
) -> Authority:
    from casemate.app.bearer import borne  # only here: most runs have no token

    try:
        accepted, subject = borne(own, organisation, token, tier, lambda one: established(subject, one, own.now())[0])
    except TokenRefused as error:
        announce(f"token: none that allows it; {error.what}")
        wall = own.wall(_nothing(), budget, error.what, remedy=error.next_step)
        return Authority(wall, subject, True)
    announce(accepted.line())
    remedy = "ask whoever issued the token for a wider one"
    return Authority(own.wall(accepted.charter, budget, grant=accepted.grant, remedy=remedy), subject, True)


def records(announce: Announce, *places: Target) -> Wall:
    """The wall around the operator's own records. announce: told the charter."""
    wall = ground().records(*places)
    announce(wall.charter.line())
    return wall


def own_place() -> Target:
    """Where the operator's own records lie."""
    return Target(name="the operator's records", path=str(home()))


def charters() -> StatementFolder:
    """Where installed charters lie."""
    return StatementFolder(home() / "charters")


def installed(own: Ground) -> Organisation | None:
    """What an organisation has laid down; None when none ever did, or when it gave the machine back."""
    standing = own.standing
    if not standing.issuer:
        return None
    folder, issuer, faults = charters(), parse_key(standing.issuer), list[str]()
    revocations = None
    number, identity = standing.revoked
    if number:
        data = folder.read(REVOKED)
        try:
            revocations = open_revocations(data or b"", (issuer,))
        except InvalidStatement:
            revocations = None
        if revocations is None or revocations.id != identity:
            faults.append(f"the list of revocations number {number} is missing or not the one that was installed")
    found: dict[str, Installed] = {}
    for name in folder.names():
        if name.endswith(SUFFIX):
            try:
                one = open_charter(folder.read(name) or b"", (issuer,))
            except InvalidStatement:
                continue  # what was not installed by us does not count, whatever lies there
            found[one.charter.id] = one
    lost = standing.charters - found.keys()
    faults += [f"the charter {identity[:12]} is missing or was changed" for identity in sorted(lost)]
    counting = standing.charters - (revocations.ids if revocations is not None else frozenset())
    return Organisation(issuer, tuple(found[i] for i in sorted(counting & found.keys())), revocations, tuple(faults))


def _nothing() -> Charter:
    return Charter(who=operator(), targets=(), tier=Tier.FIND, until=date.max, made_for="none is in force")


def _chosen(
    organisation: Organisation, own: Ground, subject: tuple[Target, ...], tier: Tier
) -> tuple[Charter, str, tuple[Target, ...]]:
    """The charter that allows it, under the name that it gives to the operator's key; else one that does not, and why. The
    places, marked with what was established."""
    nothing = _nothing()
    if organisation.faults:
        return nothing, organisation.faults[0], subject
    held = [(one, person) for one in organisation.charters if (person := one.for_key(own.person)) is not None]
    if not held:
        what = "the installed charters name other people" if organisation.charters else "no charter is in force"
        return nothing, f"{what}; this operator's key is {own.person.name}", subject
    refusals = []
    for one, person in held:
        charter = replace(one.charter, who=person.name)
        marked, notes = established(subject, one, own.now())
        why = charter.refusal(tier=tier, subject=marked, now=own.now())
        if why is None:
            return charter, "", marked
        refusals.append((charter, "; ".join((why, *notes)), marked))
    return refusals[0]


def established(
    subject: tuple[Target, ...], charter: Installed, now: datetime
) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """The places, each with the repository whose signed file authorises it; and why other files do not."""
    marked, notes = list[Target](), list[str]()
    for place in subject:
        marks = set(place.marks)
        around = EnclosingRepository(Path(place.path))
        data = around.file() if place.path and charter.repositories else None
        for name, keys in charter.repositories if data is not None else ():
            why = authorisation_refusal(data or b"", repository=name, keys=keys, now=now, contains=around.contains)
            if why is None:
                marks.add(f"repository:{name}")
            else:
                notes.append(why)
        marked.append(replace(place, marks=frozenset(marks)))
    return tuple(marked), tuple(notes)
