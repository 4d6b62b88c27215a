"""Who can read a file that holds a secret, beyond those for whom it is there: its owner, and services and administrators
by a group of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5

from casemate.host.accounts import Account
from casemate.host.host import Host
from casemate.model.host import ANYONE, Node, NodeKind

ADMINISTRATORS = frozenset({"root", "sudo", "wheel", "admin", "adm", "shadow", "disk", "docker", "lxd"})
PLACES = (
    "/etc",
    "/root",
    "/home",
    "/opt",
    "/srv",
    "/var/www",
    "/usr/local",
    "/var/backups",
    "/var/lib",
    "/boot/grub",
    "/tmp",
)
PLACES_MORE = (
    "/var/tmp",
    "/mnt",
    "/data",
    "/app",
    "/export",
    "/backup",
    "/backups",
    "/var/spool/cron",
    "/usr/etc",
    "/var/log/installer",
)
# Folders whose files come with software, or are its examples and tests: nobody's own secrets.
SHIPPED = frozenset({
    "site-packages", "dist-packages", "node_modules", "gems", "test", "tests", "testdata", "testing", "fixtures", "example",
    "examples", "doc", "docs", "man", "locale", "include", "terminfo", "alternatives", "rc0.d",
    "rc1.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d", "rc6.d", "rcS.d",
    "init.d", "fonts", ".cache", ".local", "ca-certificates", "man-db", "sgml", "xml", ".cargo", ".rustup", "__pycache__",
    "objects", "bash-completion", "bash_completion.d", "completions",
})  # fmt: skip
STORES = frozenset(
    {"dpkg", "apt", "ucf", "pam", "rpm", "containers", "docker", "overlay2", "snapd", "flatpak"}
)  # but in /etc
MAX_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Readers:
    """who: in words, for a message."""

    who: str
    everybody: bool


def readers(host: Host, path: str) -> Readers | None:
    """Who can read it and should not; None when nobody can."""
    access, node = host.access, host.fs.node(path)
    if node is None:
        return None
    if access.discloses(ANYONE, path):
        return Readers("any local user", True)
    if not node.mode & 0o077 and node.acl is None:
        return None
    trusted = {name for g in host.accounts.groups if g.name in ADMINISTRATORS for name in host.accounts.members(g)}
    near = host.accounts.accounts if node.acl is not None else host.once(_persons_by_group).get(node.gid, ())
    who = [
        a.name
        for a in near
        if a.person and a.login and a.uid != node.uid and a.name not in trusted and access.discloses(a.actor, path)
    ]
    if not who:
        return None
    more = f" and {len(who) - 3} others" if len(who) > 3 else ""
    return Readers(", ".join(who[:3]) + more, False)


def _persons_by_group(host: Host) -> dict[int, tuple[Account, ...]]:
    out: dict[int, list[Account]] = {}
    for who in host.accounts.accounts:
        if who.person and who.login:
            for gid in host.accounts.gids(who):
                out.setdefault(gid, []).append(who)
    return {gid: tuple(persons) for gid, persons in out.items()}


def unchanged(host: Host, path: str, data: bytes) -> bool:
    """Whether a configuration file is as its Debian package ships it, by the digest in dpkg's list: nothing in it is secret."""
    digest = md5(data, usedforsecurity=False).hexdigest()
    return host.once(_conffiles).get(path) == digest


def _conffiles(host: Host) -> dict[str, str]:
    text = host.fs.text("/var/lib/dpkg/status")
    out = {}
    for line in text.lines if text else ():
        if line.startswith(" /"):
            path, _, digest = line.strip().partition(" ")
            out[path] = digest.split(" ")[0]
    return out


def usual_files(host: Host) -> tuple[Node, ...]:
    """The regular files of the places where people and services keep settings and keys, those shipped with software left out."""
    out: list[Node] = []
    for place in (*PLACES, *PLACES_MORE):
        found = host.fs.resolve(place)
        if found is not None and found.node.path == place:
            for node in _files(host, place):
                out.append(node)
                if len(out) >= MAX_FILES:
                    host.odd(place, 1, f"more than {MAX_FILES} files: the rest was not looked at for secrets")
                    return tuple(out)
    return tuple(out)


def _files(host: Host, place: str) -> Iterator[Node]:
    waiting = [place]
    while waiting:
        folder = waiting.pop()
        for name in host.fs.names(folder):
            node = host.fs.at(f"{folder}/{name}")
            if node is None:
                continue
            if node.kind is NodeKind.FILE:
                yield node
            elif node.kind is NodeKind.FOLDER and name not in (SHIPPED if place == "/etc" else SHIPPED | STORES):
                waiting.append(node.path)
