"""What a draft of an advisory says that no finding knows: the product, who publishes, the status, the day. People give it.

Nothing of it is made up: what a document must hold and nobody gave is a `UserError` that names the option.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum

from casemate.evidence.escape import visible
from casemate.model.errors import UserError

# package-url/purl-spec: type, namespace, name, version, qualifiers, subpath; percent signs only before two hex digits.
_CHAR = r"(?:[A-Za-z0-9.\-_~:+!$&'()*,;=]|%[0-9A-Fa-f]{2})"
_PURL = re.compile(
    rf"pkg:[A-Za-z.+-][A-Za-z0-9.+-]*/(?:{_CHAR}+/)*{_CHAR}+(?:@(?P<version>{_CHAR}+))?"
    rf"(?:\?[a-z.\-_][a-z0-9.\-_]*=(?:{_CHAR}|[/@])*(?:&[a-z.\-_][a-z0-9.\-_]*=(?:{_CHAR}|[/@])*)*)?(?:#(?:{_CHAR}|/)+)?"
)
_URI = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9.\-_~:+!$&'()*,;=@%/]*)?")
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}")  # as the schema of CSAF 2.0 has it
# What makes a version a range (CSAF 2.0, 6.1.31).
_RANGE = re.compile(r"[<>]|\b(?:after|all|before|earlier|later|prior|versions)\b", re.IGNORECASE)
_LONGEST = 1_000  # characters of one text


class Status(StrEnum):
    """What is stated of the product, in the words of CSAF 2.0 (3.2.3.9)."""

    AFFECTED = "known_affected"
    FIXED = "fixed"
    INVESTIGATED = "under_investigation"
    NOT_AFFECTED = "known_not_affected"


class Justification(StrEnum):
    """Why a product is not affected: the labels of CISA's VEX Status Justifications, the same in CSAF 2.0 and OpenVEX."""

    NO_COMPONENT = "component_not_present"
    NO_CODE = "vulnerable_code_not_present"
    NOT_EXECUTED = "vulnerable_code_not_in_execute_path"
    NOT_CONTROLLED = "vulnerable_code_cannot_be_controlled_by_adversary"
    MITIGATED = "inline_mitigations_already_exist"


class Publisher(StrEnum):
    """In which part somebody publishes (CSAF 2.0, 3.2.1.8.1); a translator publishes what others wrote, and no draft."""

    DISCOVERER = "discoverer"
    VENDOR = "vendor"
    COORDINATOR = "coordinator"
    USER = "user"
    OTHER = "other"


class Tlp(StrEnum):
    """Who may see it: the labels of TLP 1.0, which CSAF 2.0 knows. `WHITE` is `CLEAR` of TLP 2.0."""

    RED = "RED"
    AMBER = "AMBER"
    GREEN = "GREEN"
    WHITE = "WHITE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What people say; "" for what they did not.

    purl: package URL of the product. namespace: a URL that the publisher controls. impact: why the product is not affected, in
    words. tracking: the document's id, "" for one by the findings' identities. date: when it is drafted, with its time zone.

    Raises UserError for what cannot be meant, naming the option.
    """

    date: datetime
    product: str = ""
    version: str = ""
    vendor: str = ""
    purl: str = ""
    publisher: str = ""
    namespace: str = ""
    contact: str = ""
    category: Publisher = Publisher.DISCOVERER
    status: Status = Status.AFFECTED
    justification: Justification | None = None
    impact: str = ""
    tracking: str = ""
    cve: str = ""
    tlp: Tlp = Tlp.AMBER

    def __post_init__(self) -> None:
        if self.date.tzinfo is None:
            raise ValueError(f"a date says its time zone: {self.date!r}")
        for name in (field.name for field in fields(self)):
            _check_text(OPTIONS.get(name, f"--{name}"), str(getattr(self, name) or ""))
        match = _PURL.fullmatch(self.purl)
        if self.purl and match is None:
            raise UserError(f"--purl is {self.purl!r}, which is no package URL", 'give one like "pkg:pypi/django@5.1"')
        if match is not None and match["version"] and self.version and _plain(match["version"]) != self.version:
            raise UserError(
                f"--purl is of version {_plain(match['version'])!r} and --product-version of {self.version!r}",
                "give the same version in both",
            )
        if _RANGE.search(self.version):
            raise UserError(
                f"--product-version is {self.version!r}, which is no version but a range",
                "name the version that was examined",
            )
        if self.namespace and not _URI.fullmatch(self.namespace):
            raise UserError(
                f"--publisher-namespace is {self.namespace!r}, which is no web address",
                'give one that the publisher controls, like "https://www.example.com"',
            )
        if self.cve and not _CVE.fullmatch(self.cve):
            raise UserError(f"--cve is {self.cve!r}, which is no CVE number", 'give one like "CVE-2026-12345"')
        self._check_status()

    def _check_status(self) -> None:
        denied = self.status is Status.NOT_AFFECTED
        if denied and self.justification is None:
            raise UserError(
                "a product that is not affected needs a reason", f"give --justification {'|'.join(Justification)}"
            )
        if not denied and (self.justification is not None or self.impact):
            given = "--justification" if self.justification is not None else "--impact"
            raise UserError(
                f"{given} says why a product is not affected, and the status is {self.status.value!r}",
                f"leave it out, or give --status {Status.NOT_AFFECTED.value}",
            )

    def require(self, document: str, names: tuple[str, ...]) -> None:
        """Refuse when any of these is missing. document: what holds them, in words. Raises UserError that names every option."""
        missing = [name for name in names if not getattr(self, name)]
        if missing:
            shown = " and ".join(OPTIONS[name] for name in missing)
            variables = [VARIABLES[name] for name in missing if name in VARIABLES]
            raise UserError(
                f"{document} cannot be without {shown}, and nobody gave {'it' if len(missing) == 1 else 'them'}",
                f"give {shown}" + (f", or set {' and '.join(variables)}" if variables else ""),
            )

    @property
    def moment(self) -> str:
        """The date as RFC 3339 has it, in UTC and whole seconds."""
        return self.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


OPTIONS: Mapping[str, str] = {
    "version": "--product-version",
    "product": "--product",
    "purl": "--purl",
    "publisher": "--publisher",
    "namespace": "--publisher-namespace",
    "contact": "--publisher-contact",
    "tracking": "--tracking-id",
}
VARIABLES: Mapping[str, str] = {
    "publisher": "CASEMATE_PUBLISHER",
    "namespace": "CASEMATE_PUBLISHER_NAMESPACE",
    "contact": "CASEMATE_PUBLISHER_CONTACT",
}


def _check_text(option: str, text: str) -> None:
    if text != text.strip() or visible(text) != text:
        raise UserError(
            f"{option} is {text[:80]!r}", "give it in one line, without spaces around it or control characters"
        )
    if len(text) > _LONGEST:
        raise UserError(f"{option} has {len(text):,} characters, of at most {_LONGEST:,}", "shorten it")


def _plain(text: str) -> str:
    """What percent signs of a package URL stand for."""
    return re.sub(
        r"(?:%[0-9A-Fa-f]{2})+", lambda m: bytes.fromhex(m[0].replace("%", "")).decode("utf-8", "replace"), text
    )
