"""Accounts and groups: passwd(5), group(5), shadow(5), of the root and never of the machine that we run on."""

from __future__ import annotations

from dataclasses import dataclass, field

from casemate.host.filesystem import Filesystem
from casemate.model.host import ROOT, Actor, account
from casemate.model.outcome import NotExamined, Reason

NO_LOGIN = ("nologin", "false", "sync", "halt", "shutdown")
FIRST_PERSON = 1000  # UID_MIN of login.defs(5) in Debian, Red Hat and Alpine
NOBODY = 65534
COMMENT = ("#", "+", "-")  # glibc takes the first for a comment; the others are NIS, not accounts of their own


@dataclass(frozen=True, slots=True)
class Account:
    """A line of passwd(5). password: the field of shadow(5), else the one here; None when shadow could not be read.

    line, shadow_line: where it stands; 0 for no line.
    """

    name: str
    uid: int
    gid: int
    home: str
    shell: str
    password: str | None
    line: int
    shadow_line: int = 0

    @property
    def actor(self) -> Actor:
        """Who acts through it."""
        return ROOT if self.uid == 0 else account(self.name)

    @property
    def login(self) -> bool:
        """Whether its shell lets anybody in. An empty one is /bin/sh (passwd(5))."""
        return self.shell.rpartition("/")[2] not in NO_LOGIN

    @property
    def person(self) -> bool:
        """Whether it is an ordinary user's, by its number."""
        return FIRST_PERSON <= self.uid < NOBODY


@dataclass(frozen=True, slots=True)
class Group:
    """A line of group(5). members: named in the line; those whose first group it is are not among them."""

    name: str
    gid: int
    members: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Accounts:
    """All of them, in the order of their lines."""

    accounts: tuple[Account, ...] = ()
    groups: tuple[Group, ...] = ()
    by_name: dict[str, Account] = field(default_factory=dict)
    by_group: dict[str, Group] = field(default_factory=dict)

    def named(self, name: str) -> Account | None:
        """The account of that name, or of that number written as digits or `#digits`."""
        digits = name.removeprefix("#")
        if name in self.by_name or not digits.isdecimal():
            return self.by_name.get(name)
        return self.of_uid(int(digits))

    def of_uid(self, uid: int) -> Account | None:
        """The first account of that number, which is the one that names it."""
        return next((a for a in self.accounts if a.uid == uid), None)

    def group(self, name: str) -> Group | None:
        """The group of that name or number."""
        digits = name.removeprefix("#")
        if name in self.by_group or not digits.isdecimal():
            return self.by_group.get(name)
        return self.of_gid(int(digits))

    def of_gid(self, gid: int) -> Group | None:
        """The first group of that number."""
        return next((g for g in self.groups if g.gid == gid), None)

    def actor(self, name: str) -> Actor:
        """Who acts as that account, also when no line has it: a unit may name one that is made at boot."""
        known = self.named(name)
        return known.actor if known else ROOT if name in ("root", "0", "#0", "") else account(name)

    def gids(self, who: Account) -> frozenset[int]:
        """The groups of an account, its first one among them."""
        return frozenset({who.gid, *(g.gid for g in self.groups if who.name in g.members)})

    def members(self, of: Group) -> tuple[str, ...]:
        """All who are in a group, by the line or as their first one."""
        first = tuple(a.name for a in self.accounts if a.gid == of.gid and a.name not in of.members)
        return (*of.members, *first)


def read_accounts(fs: Filesystem) -> Accounts:
    """The accounts of a root; lines that are none are losses."""
    shadow = _shadow(fs)
    accounts: list[Account] = []
    text = fs.text("/etc/passwd")
    if text is None:
        fs.lose(
            NotExamined(what="/etc/passwd", reason=Reason.NO_SOURCE, detail="no list of accounts: names are unknown")
        )
    for number, line in text.numbered() if text else ():
        parts = line.split(":")
        if (
            line.startswith(COMMENT)
            or len(parts) != 7
            or not parts[0]
            or not parts[2].isdecimal()
            or not parts[3].isdecimal()
        ):
            _odd(fs, "/etc/passwd", number, line)
            continue
        name, own, uid, gid, _, home, shell = parts
        kept, shadow_line = shadow.get(name, (None, 0)) if shadow is not None else (None, 0)
        password = own if own != "x" else kept
        accounts.append(Account(name, int(uid), int(gid), home or "/", shell, password, number, shadow_line))
    groups: list[Group] = []
    text = fs.text("/etc/group")
    for number, line in text.numbered() if text else ():
        parts = line.split(":")
        if line.startswith(COMMENT) or len(parts) != 4 or not parts[0] or not parts[2].isdecimal():
            _odd(fs, "/etc/group", number, line)
            continue
        groups.append(Group(parts[0], int(parts[2]), tuple(m for m in parts[3].split(",") if m), number))
    return Accounts(
        tuple(accounts),
        tuple(groups),
        {a.name: a for a in reversed(accounts)},
        {g.name: g for g in reversed(groups)},
    )


def _shadow(fs: Filesystem) -> dict[str, tuple[str, int]] | None:
    text = fs.text("/etc/shadow")
    if text is None:
        return None
    out: dict[str, tuple[str, int]] = {}
    for number, line in text.numbered():
        parts = line.split(":")
        if len(parts) > 1 and parts[0]:
            out.setdefault(parts[0], (parts[1], number))
    return out


def _odd(fs: Filesystem, path: str, number: int, line: str) -> None:
    if line.strip() and not line.startswith(COMMENT):
        fs.lose(
            NotExamined(what=f"{path}:{number}", reason=Reason.SYNTAX, detail="no line of this file's form", lines=1)
        )
