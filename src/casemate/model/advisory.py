"""Advisories: who says that which versions of a package are vulnerable, and what is known of attacks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What an advisory says of a package in a release."""

    AFFECTED = "affected"  # the versions in its ranges; all where it names none
    NOT_AFFECTED = "not-affected"
    UNKNOWN = "unknown"  # under investigation


class EventKind(StrEnum):
    """Events of a range, as the OSV schema has them. At the same version an introduction counts first."""

    INTRODUCED = "introduced"
    FIXED = "fixed"
    LAST_AFFECTED = "last_affected"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """What changes at a version. version: "0" stands before all others."""

    kind: EventKind
    version: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Affected:
    """What an advisory says of one package of one ecosystem.

    ecosystem: as OSV names it, with its release: "Debian:12", "Alpine:v3.18", "PyPI". binary: the name may be a binary package's,
    compared by its own version; else it is a source package's. note: what the publisher adds, such as "unimportant", "no-dsa".
    shipped: the versions that a release has that is not affected; its ranges are then about later ones, from elsewhere.
    """

    ecosystem: str
    package: str
    status: Status = Status.AFFECTED
    ranges: tuple[tuple[Event, ...], ...] = ()
    versions: tuple[str, ...] = ()
    binary: bool = False
    note: str = ""
    shipped: tuple[str, ...] = ()


class Origin(StrEnum):
    """The form an advisory came in."""

    OSV = "osv"
    DEBIAN = "debian-tracker"
    OVAL = "oval"
    CSAF = "csaf"
    KEV = "kev"
    EPSS = "epss"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Advisory:
    """An advisory. aliases: other ids of the same, sorted; covers: ids of what it brings a fix for, such as the CVEs of a DSA.

    vectors: CVSS vectors as published. severity: the publisher's word, in small letters, or "".
    """

    id: str
    origin: Origin
    affected: tuple[Affected, ...]
    aliases: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    summary: str = ""
    vectors: tuple[str, ...] = ()
    severity: str = ""

    @property
    def cves(self) -> tuple[str, ...]:
        """The CVE ids that it is about, sorted."""
        return tuple(sorted({i for i in (self.id, *self.aliases, *self.covers) if i.startswith("CVE-")}))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Exploited:
    """What is known of attacks on a CVE. kev: the day it came into CISA's catalogue of those that are exploited, or "".

    epss: the probability (0 to 1) that it is exploited within thirty days, as FIRST's model has it; None when unknown.
    """

    cve: str
    kev: str = ""
    epss: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DatabaseSource:
    """A file that was brought into the database. name: its own, without folders. date: of its data ("2026-11-01"), "" when it
    does not say. sha256: of the file, in hex. count: of what it holds. size: bytes. scope: what it is about: "Debian, Alpine"."""

    name: str
    origin: Origin
    date: str
    sha256: str
    count: int
    size: int = 0
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What an advisory database knows of some names. ecosystems: all that it has advisories of, whatever the names."""

    advisories: tuple[Advisory, ...] = ()
    exploited: tuple[Exploited, ...] = ()
    ecosystems: frozenset[str] = frozenset()
