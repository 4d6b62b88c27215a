"""What accounts were given over others: administrators of groups (gshadow(5)) and ranges of ids (subuid(5), subgid(5))."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.accounts import Account, Group
from casemate.host.host import Host
from casemate.model.host_fix import Fix, SetLine

MAX_LINES: Final = 20_000


@dataclass(frozen=True, slots=True)
class GroupAdministrator:
    """Somebody who may put people into a group: the third field of a line of gshadow(5)."""

    who: Account
    group: Group
    line: int
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class IdRange:
    """Ids that an account may have in its user namespaces. last: is in it. groups: of subgid(5)."""

    who: Account
    first: int
    last: int
    path: str
    line: int
    groups: bool


def group_administrators(host: Host) -> tuple[GroupAdministrator, ...]:
    """Of every group that there is."""
    out: list[GroupAdministrator] = []
    for number, line in _lines(host, "/etc/gshadow"):
        parts = line.split(":")
        if len(parts) != 4:
            host.odd("/etc/gshadow", number, "no line of gshadow(5)")
            continue
        of = host.accounts.by_group.get(parts[0])
        for name in parts[2].split(",") if of else ():
            who = host.accounts.by_name.get(name.strip())
            if who is not None and of is not None:
                left = ",".join(n for n in parts[2].split(",") if n != name)
                to = ":".join((parts[0], parts[1], left, parts[3]))
                out.append(GroupAdministrator(who, of, number, (SetLine("/etc/gshadow", number, line, to),)))
    return tuple(out)


def id_ranges(host: Host) -> tuple[IdRange, ...]:
    """Of both files, whose first field is a name or a number."""
    out: list[IdRange] = []
    for path in ("/etc/subuid", "/etc/subgid"):
        for number, line in _lines(host, path):
            parts = line.split(":")
            if len(parts) != 3 or not parts[1].isdecimal() or not parts[2].isdecimal() or len(line) > 300:
                host.odd(path, number, "no line of subuid(5)")
                continue
            who = host.accounts.named(parts[0])
            first, count = int(parts[1]), int(parts[2])
            if who is not None and count:
                out.append(IdRange(who, first, first + count - 1, path, number, path == "/etc/subgid"))
    return tuple(out)


def _lines(host: Host, path: str) -> Iterator[tuple[int, str]]:
    text = host.fs.text(path) if host.fs.is_file(path) else None
    for number, line in text.numbered() if text else ():
        if number > MAX_LINES:
            host.odd(path, number, "too many lines")
            return
        if line.strip() and not line.startswith("#"):
            yield number, line
