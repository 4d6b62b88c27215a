"""A host as it lies on disk: the nodes of its file system, and who can act on it.

Everything here is read, nothing is run. Paths are absolute *inside* the root: "/" or "/etc/passwd", without a slash at the end,
and never resolved against the machine that we run on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

Actor = NewType("Actor", str)
"""Somebody who can act: `NETWORK`, `ANYONE`, or what `account` and `group` make."""

NETWORK = Actor("network")  # somebody who reaches the host's services and has no account
ANYONE = Actor("anyone")  # a local user of whom nothing else is known: what every account can do
ROOT = Actor("account:root")  # uid 0, whatever it is called


def account(name: str) -> Actor:
    """The actor that a named account is."""
    return Actor(f"account:{name}")


def group(name: str) -> Actor:
    """The actor that any member of a group is."""
    return Actor(f"group:{name}")


def named(actor: Actor) -> str:
    """The account's or group's own name; the actor itself for the others."""
    return actor.partition(":")[2] or actor


class NodeKind(StrEnum):
    """What stat(2) says a node is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    DEVICE = "device"
    FIFO = "fifo"
    SOCKET = "socket"


class AclTag(StrEnum):
    """Whose permissions an entry of an access control list holds (acl(5))."""

    OWNER = "owner"
    USER = "user"
    OWNING_GROUP = "owning-group"
    GROUP = "group"
    MASK = "mask"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One entry of an access list. id: of the user or group, for these two tags only. permits: bits as in a mode, 0 to 7."""

    tag: AclTag
    permits: int
    id: int = -1


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What `security.capability` grants (capabilities(7)), as bit masks. effective: raised without the program's doing."""

    permitted: int
    inheritable: int = 0
    effective: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """What lstat(2) and the extended attributes say of a path. mode: the lowest twelve bits. target: of a link.

    size: bytes. links: how many names the file has. acl: None when the mode says all.
    """

    path: str
    kind: NodeKind
    mode: int
    uid: int
    gid: int
    size: int = 0
    links: int = 1
    target: str = ""
    acl: tuple[AclEntry, ...] | None = None
    capabilities: Capabilities | None = None

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or (self.path != "/" and self.path.endswith("/")):
            raise ValueError(f"a node's path is absolute inside its root: {self.path!r}")


class Confidence(StrEnum):
    """How sure it is that a step leads where it is said to."""

    PROVED = "proved"  # the files say so
    LIKELY = "likely"  # it also needs something usual, which is named
    UNKNOWN = "unknown"  # something that decides it could not be read


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """Something that a file of the host says, to be checked by hand. line: 1 for what the file's own mode or owner says.

    says: a few words that end a sentence about the path: "cron runs it as root", "is writable by everybody".
    """

    path: str
    says: str
    line: int = 1
