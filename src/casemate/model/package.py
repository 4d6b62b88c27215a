"""Installed packages: what a host's own package databases say is there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Manager(StrEnum):
    """Who installed a package, and so how its versions are ordered."""

    DPKG = "dpkg"
    APK = "apk"
    RPM = "rpm"
    PIP = "pip"
    NPM = "npm"

    @property
    def distribution(self) -> bool:
        """Whether the distribution made its packages, so that only its own advisories say anything about them."""
        return self in (Manager.DPKG, Manager.APK, Manager.RPM)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Package:
    """An installed package.

    source, source_version: what it was built from, and that one's version, which advisories of distributions name; the same as
    name and version where nothing else is said. path, line: where its database says that it is installed. depends: the names of
    what it needs, where that is simple. stream: the module stream it belongs to (rpm), or "". owner: for a pip or npm
    package, the distribution's package that brought it, or "": fixes of such a one are backported.
    """

    manager: Manager
    name: str
    version: str
    source: str
    source_version: str
    path: str
    line: int = 1
    arch: str = ""
    depends: tuple[str, ...] = ()
    stream: str = ""
    owner: str = ""
