"""Who can read, write, execute and replace what: the one function that decides the precision of everything said of a host.

`reads`, `writes` and `executes` answer as access(2) does for that user and these groups, `replaces` as rename(2) and open(2) with
O_CREAT do. They follow Linux: the first class that fits decides (path_resolution(7)), access lists as in acl(5) and
fs/posix_acl.c, the sticky bit as in inode(7). Modes of links do not count. Mounts and security modules are not known here.

`change` goes further, for an attacker: an owner can give itself what it lacks.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from casemate.host.accounts import Accounts
from casemate.host.filesystem import Filesystem
from casemate.model.host import ANYONE, NETWORK, ROOT, AclEntry, AclTag, Actor, Node, NodeKind, account, group

READ, WRITE, EXECUTE = 4, 2, 1
STICKY: Final = 0o1000
NO_ONE = -1  # a number that owns nothing


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a process is to the file system. uid 0 has every capability; `NO_ONE` owns nothing."""

    uid: int
    gids: frozenset[int] = frozenset()


SUPERUSER = Identity(0, frozenset({0}))


class How(StrEnum):
    """How a path can be changed."""

    WRITES = "writes"  # to the file itself
    REPLACES = "replaces"  # it, or a folder or link on the way to it
    CREATES = "creates"  # something where there is nothing yet
    FILLS = "fills"  # makes files in the folder


@dataclass(frozen=True, slots=True)
class Change:
    """That a path can be changed. place: the node whose owner, mode or access list allows it. owned: only after its owner gave
    itself the permission."""

    how: How
    place: Node
    owned: bool


class Access:
    """The permissions of a root."""

    def __init__(self, fs: Filesystem, accounts: Accounts) -> None:
        self._fs = fs
        self._closed: dict[str, bool] = {}
        self._arrived: dict[tuple[Identity, str, bool], bool] = {}
        self.identities: dict[Actor, Identity] = {ANYONE: Identity(NO_ONE)}
        for g in accounts.groups:
            self.identities[group(g.name)] = Identity(NO_ONE, frozenset({g.gid}))
        for a in accounts.accounts:
            if a.uid:
                self.identities.setdefault(account(a.name), Identity(a.uid, accounts.gids(a)))

    def identity(self, actor: Actor) -> Identity:
        """Who an actor is to the file system. An account that no line of passwd(5) has can do what anyone can."""
        if actor == ROOT:
            return SUPERUSER
        return self.identities.get(actor, self.identities[ANYONE])

    def reads(self, who: Identity, path: str) -> bool:
        """Whether it can open the file, or list the folder, that the path leads to."""
        return self._may(who, path, READ)

    def writes(self, who: Identity, path: str) -> bool:
        """Whether it can write to what the path leads to; for a folder, make and remove names in it."""
        node = self._fs.node(path)
        return self._may(who, path, WRITE | EXECUTE if node and node.kind is NodeKind.FOLDER else WRITE)

    def executes(self, who: Identity, path: str) -> bool:
        """Whether it can run the file, or search the folder."""
        return self._may(who, path, EXECUTE)

    def replaces(self, who: Identity, path: str) -> bool:
        """Whether it can make the path lead to a file of its own, by what a folder on the way allows."""
        return self._replacing(who, path, False) is not None

    def change(self, actor: Actor, path: str, *, folder: bool = False) -> Change | None:
        """How an actor can make the path hold what it wants, the nearest way; None when it cannot. folder: it is enough to
        make a file in the folder that the path is."""
        if actor == NETWORK:
            return None
        who = self.identity(actor)
        route = self._fs.route(path)
        node = route.node
        if node is not None and (node.kind is not NodeKind.FOLDER or folder):
            wanted = WRITE | EXECUTE if node.kind is NodeKind.FOLDER else WRITE
            how = How.FILLS if node.kind is NodeKind.FOLDER else How.WRITES
            if self._arrives(who, node.path, False) and permits(who, node, wanted):
                return Change(how, node, False)
            if node.uid == who.uid and self._arrives(who, node.path, True):
                return Change(how, node, True)
        return self._replacing(who, path, False) or self._replacing(who, path, True)

    def only_root(self, path: str) -> bool:
        """Whether every folder on the way and what it leads to are root's, with no permission to write for anybody else: then
        nobody need be asked one by one."""
        if path not in self._closed:
            route = self._fs.route(path)
            nodes = [above for above, _ in route.pairs] + ([route.node] if route.node is not None else [])
            self._closed[path] = all(not n.uid and not n.mode & 0o022 and n.acl is None for n in nodes)
        return self._closed[path]

    def discloses(self, actor: Actor, path: str) -> bool:
        """Whether an actor can come to read a file: by its permissions, or as its owner."""
        if actor == NETWORK:
            return False
        who = self.identity(actor)
        node = self._fs.node(path)
        if node is None:
            return False
        if self._arrives(who, node.path, False) and permits(who, node, READ):
            return True
        return node.uid == who.uid and self._arrives(who, node.path, True)

    def _may(self, who: Identity, path: str, wanted: int) -> bool:
        node = self._fs.node(path)
        if node is None or not permits(who, node, wanted):
            return False
        return all(self._searches(who, above, False) for above, _ in self._fs.route(path).pairs)

    def _arrives(self, who: Identity, path: str, owning: bool) -> bool:
        """Whether it can get to a node by its own path, which has no links: the folders above it must let it through. Where a
        link to it lies does not matter to who goes there directly."""
        waiting: list[str] = []
        while path != "/" and (who, path, owning) not in self._arrived:
            waiting.append(path)
            path = posixpath.dirname(path)
        there = self._arrived.get((who, path, owning), True)
        for below in reversed(waiting):
            above = self._fs.at(posixpath.dirname(below))
            there = there and above is not None and self._searches(who, above, owning)
            self._arrived[who, below, owning] = there
        return there

    def _searches(self, who: Identity, above: Node, owning: bool) -> bool:
        return permits(who, above, EXECUTE) or (owning and above.uid == who.uid)

    def _replacing(self, who: Identity, path: str, owning: bool) -> Change | None:
        """The nearest folder on the way in which it can put something else. owning: also after it changed a mode."""
        found: Change | None = None
        for above, child in self._fs.route(path).pairs:
            if child is not None and (child.path == "/" or posixpath.dirname(child.path) != above.path):
                continue  # "." and ".." are nobody's to rename
            if not self._arrives(who, above.path, owning) or not self._searches(who, above, owning):
                continue
            owned = above.uid == who.uid
            if permits(who, above, WRITE | EXECUTE) or (owning and owned):
                if child is None:
                    return Change(How.CREATES, above, not permits(who, above, WRITE | EXECUTE))
                if not above.mode & STICKY or owned or who.uid in (child.uid, 0):
                    found = Change(How.REPLACES, above, not permits(who, above, WRITE | EXECUTE))
        return found


def permits(who: Identity, node: Node, wanted: int) -> bool:
    """Whether a node's owner, mode and access list allow these bits (0 to 7), whatever lies on the way to it."""
    if who.uid == 0:  # CAP_DAC_OVERRIDE: all but running what nobody may run
        return not wanted & EXECUTE or node.kind is NodeKind.FOLDER or bool(node.mode & 0o111)
    if who.uid == node.uid:
        return (node.mode >> 6) & wanted == wanted
    if node.acl is not None and node.mode & 0o070:  # Linux does not look at the list when the mask is empty
        return _listed(who, node, node.acl, wanted)
    shift = 3 if node.gid in who.gids else 0
    return (node.mode >> shift) & wanted == wanted


def _listed(who: Identity, node: Node, entries: tuple[AclEntry, ...], wanted: int) -> bool:
    """posix_acl_permission of fs/posix_acl.c, for who does not own the node. entries: in the order in which they are stored."""
    mask = next((e.permits for e in entries if e.tag is AclTag.MASK), 7)
    member = False
    for entry in entries:
        if entry.tag is AclTag.USER and entry.id == who.uid:
            return entry.permits & mask & wanted == wanted
        if (entry.tag is AclTag.OWNING_GROUP and node.gid in who.gids) or (
            entry.tag is AclTag.GROUP and entry.id in who.gids
        ):
            member = True
            if entry.permits & wanted == wanted:
                return entry.permits & mask & wanted == wanted
        if entry.tag is AclTag.OTHER:
            return not member and entry.permits & wanted == wanted
    return False
