"""An organisation's charter as a signed statement, and the list of what it has revoked.

The issuer signs; who may act is named by key. Neither a name nor a file's place decides anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casemate.governance.charter import Charter, Person, Quotas, Target, Tier
from casemate.governance.fields import Fields, InvalidStatement, visible_text
from casemate.governance.note import VerifierKey, parse_key
from casemate.governance.statement import Body, Statement, open_statement

CHARTER = "casemate/charter@v1"
REVOCATION = "casemate/revocation@v1"
MAX_REVOKED = 1_000_000

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_IMAGE = re.compile(r"sha256:[0-9a-f]{64}")
_ENDPOINT = re.compile(r"https?://[!-~]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A charter as it was signed. holders: who may act under it. repositories: for each name of a repository the keys whose
    authorisation file in it counts."""

    charter: Charter
    issuer: VerifierKey
    holders: tuple[Person, ...]
    repositories: tuple[tuple[str, tuple[VerifierKey, ...]], ...]

    def for_key(self, key: VerifierKey) -> Person | None:
        """The holder of that key."""
        return next((holder for holder in self.holders if holder.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocations:
    """What an issuer has withdrawn: identities of charters and tokens. number: a later list has a higher one. frees: keys of
    the operators whose machines it gives back to them."""

    id: str
    number: int
    ids: frozenset[str]
    frees: frozenset[VerifierKey]


def person_body(name: str, key: VerifierKey) -> Body:
    """A person as statements name one."""
    return {"name": name, "key": str(key)}


def read_person(fields: Fields) -> Person:
    """A person that a statement names. Raises InvalidStatement."""
    person = Person(name=fields.text("name"), key=fields.key("key"))
    fields.end()
    return person


def open_charter(data: bytes, issuers: Sequence[VerifierKey]) -> Installed:
    """The charter that one of the issuers signed. Raises InvalidStatement."""
    return read_charter(open_statement(data, CHARTER, issuers))


def read_charter(statement: Statement) -> Installed:
    """The charter that a statement is. Raises InvalidStatement."""
    fields = statement.fields()
    holders = _people(fields, "holders")
    targets: list[Target] = []
    repositories: list[tuple[str, tuple[VerifierKey, ...]]] = []
    for target in fields.each("targets"):
        targets.append(_target(target, repositories))
    second = _people(fields, "approvers") if fields.has("approvers") else ()
    quotas = _quotas(fields.part("quotas")) if fields.has("quotas") else Quotas()
    charter = Charter(
        who=", ".join(holder.name for holder in holders),
        targets=tuple(targets),
        tier=fields.choice("tier", Tier),
        since=_date(fields, "from"),
        until=_date(fields, "until"),
        made_for=fields.text("purpose"),
        id=statement.id,
        models=frozenset(_endpoint(text) for text in fields.texts("models")) if fields.has("models") else frozenset(),
        quotas=quotas,
        approvers=second,
    )
    fields.text("issuer")
    fields.end()
    if charter.until < charter.since:
        raise InvalidStatement("it ends before it begins")
    if not holders or not targets:
        raise InvalidStatement("it names nobody who may act, or nothing that may be examined")
    for people in (holders, second):
        if len({person.key for person in people}) != len(people) or len({_skeleton(p.name) for p in people}) != len(
            people
        ):
            raise InvalidStatement("two of the people that it names have the same key, or names that look alike")
    return Installed(charter=charter, issuer=statement.signers[0], holders=holders, repositories=tuple(repositories))


def open_revocations(data: bytes, issuers: Sequence[VerifierKey]) -> Revocations:
    """The list of revocations that one of the issuers signed. Raises InvalidStatement."""
    statement = open_statement(data, REVOCATION, issuers)
    fields = statement.fields()
    revoked = Revocations(
        id=statement.id,
        number=fields.integer("number", 1),
        ids=frozenset(fields.texts("revoked", MAX_REVOKED)),
        frees=_keys(fields, "frees") if fields.has("frees") else frozenset(),
    )
    fields.end()
    return revoked


def _keys(fields: Fields, name: str) -> frozenset[VerifierKey]:
    try:
        return frozenset(parse_key(text) for text in fields.texts(name))
    except ValueError as error:
        raise InvalidStatement(f"{name} holds something that is no key ({error})") from error


def _people(fields: Fields, name: str) -> tuple[Person, ...]:
    return tuple(read_person(person) for person in fields.each(name, 100))


def _target(fields: Fields, repositories: list[tuple[str, tuple[VerifierKey, ...]]]) -> Target:
    """One target: a path, a repository with a signed authorisation file, a host, or an image by digest."""
    if fields.has("path"):
        path = fields.text("path")
        try:
            target = Target(name=path, path=path)
        except ValueError as error:
            raise InvalidStatement(f"the target {path[:80]!r} is no absolute path without '..'") from error
    elif fields.has("repository"):
        name = fields.text("repository")
        try:
            keys = tuple(parse_key(text) for text in fields.texts("signed_by", 100))
        except ValueError as error:
            raise InvalidStatement(f"the repository {name[:80]!r} names something that is no key ({error})") from error
        repositories.append((name, keys))
        target = Target(name=name, path="", marks=frozenset((f"repository:{name}",)))
    elif fields.has("image"):
        digest = fields.text("image")
        if not _IMAGE.fullmatch(digest):
            raise InvalidStatement(f"an image is named by sha256: and 64 hex digits, not {digest[:80]!r}")
        target = Target(name=digest[:19], path="", marks=frozenset((f"image:{digest}",)))
    else:
        host = fields.digest("host")
        target = Target(name=f"host {host[:12]}", path="", marks=frozenset((f"host:{host}",)))
    fields.end()
    return target


def _quotas(fields: Fields) -> Quotas:
    quotas = Quotas(
        executions=fields.integer("executions") if fields.has("executions") else None,
        releases=fields.integer("releases") if fields.has("releases") else None,
    )
    fields.end()
    return quotas


def _date(fields: Fields, name: str) -> date:
    text = fields.text(name)
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidStatement(f"{name} is {text[:40]!r}, not a day such as 2026-11-30 (UTC)") from error


def _endpoint(text: str) -> str:
    if not _ENDPOINT.fullmatch(visible_text(text, "models")):
        raise InvalidStatement(f"a model endpoint is an http or https address in ASCII, not {text[:80]!r}")
    return text


def _skeleton(name: str) -> str:
    """What a name looks like, roughly: compatibility forms and case folded, letters of other scripts by their look."""
    import unicodedata

    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(_LOOKS.get(character, character) for character in folded if not unicodedata.combining(character))


# Cyrillic and Greek small letters that look like Latin ones (Unicode TR 39, confusables).
_LOOKS = dict(zip("аеорсухіјѕԁһӏοαιυνρκτ", "aeopcyxijsdhloaiuvpkt", strict=True)) | {"0": "o", "1": "l"}
