"""What can be done about a weakness of a host: small changes of modes, owners and lines, each with what it was before.

A fix never removes an account, a package or a service that is in use.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class SetMode:
    """Change the permission bits of a path. was, to: all twelve bits."""

    path: str
    was: int
    to: int


@dataclass(frozen=True, slots=True, order=True)
class SetOwner:
    """Give a path to another owner and group, by number."""

    path: str
    was: tuple[int, int]
    to: tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class SetLine:
    """Put another text in the place of one line. to: None when the line goes. was: the line as it stands, without its end."""

    path: str
    line: int
    was: str
    to: str | None


@dataclass(frozen=True, slots=True, order=True)
class AddLines:
    """Lines at the end of a file, which is made (0644, root) when it is not there: a drop-in that overrules another."""

    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class DropCapabilities:
    """Take the file capabilities from a program. was: as getcap(8) writes them, for the undo."""

    path: str
    was: str


@dataclass(frozen=True, slots=True, order=True)
class DropAcl:
    """Take one entry from a path's access list. entry: as setfacl(1) writes it, such as "u:1000:rwx"."""

    path: str
    entry: str


@dataclass(frozen=True, slots=True, order=True)
class Upgrade:
    """Bring a package to a version in which the weakness is mended. manager: "dpkg", "apk", "rpm", "pip" or "npm"."""

    manager: str
    package: str
    was: str
    to: str


Fix = SetMode | SetOwner | SetLine | AddLines | DropCapabilities | DropAcl | Upgrade
