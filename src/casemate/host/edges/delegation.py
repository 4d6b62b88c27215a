"""Who may join others to a group that is as good as root, and whose ranges of ids hold ids of others.

gpasswd(1) lets the administrators of a group add members, themselves among them. newuidmap(1), which is SUID root, maps every id
of a range of subuid(5) into a namespace of its caller, who there has all rights over what belongs to it: also over root's files,
when the range begins at 0. ATT&CK T1098, T1548.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from casemate.host.edges.groups import ADMINISTRATORS, POWERS
from casemate.host.facts.delegation import IdRange, group_administrators, id_ranges
from casemate.host.facts.sudo_rights import rights
from casemate.host.host import Host
from casemate.host.relation import Grant
from casemate.model.host import ROOT, Actor, Fact, account, group, named
from casemate.model.host_fix import Fix, SetLine

MAPPERS: Final = {False: "/usr/bin/newuidmap", True: "/usr/bin/newgidmap"}
MOST: Final = 50  # accounts of one range


def edges(host: Host) -> Iterator[Grant]:
    """Both."""
    yield from _administrators(host)
    for each in host.once(id_ranges):
        if each.who.uid:
            yield from _range(host, each)


def powerful(host: Host) -> frozenset[str]:
    """Groups whose members are root or can become it by a rule."""
    ruled = {named(r.holder) for r in host.once(rights) if r.holder.startswith("group:") and ROOT in r.becomes}
    return frozenset({*POWERS, *ADMINISTRATORS, *ruled})


def _administrators(host: Host) -> Iterator[Grant]:
    known = powerful(host)
    for each in host.once(group_administrators):
        if each.group.name in known and each.who.uid and each.who.gid != each.group.gid:
            if each.who.name in each.group.members:
                continue  # there already
            yield Grant(
                holders=(account(each.who.name),),
                becomes=group(each.group.name),
                kind="group-administrator",
                technique="T1098",
                via=(
                    Fact(
                        "/etc/gshadow",
                        f"makes {each.who.name} an administrator of the group {each.group.name}, who may join it",
                        each.line,
                    ),
                ),
                says=f"may join the group {each.group.name}",
                fixes=each.fixes,
            )


def _range(host: Host, each: IdRange) -> Iterator[Grant]:
    """An account's own id may be in it."""
    if each.groups:
        known = powerful(host)
        reached: list[tuple[Actor, str]] = [
            (group(g.name), f"the group {g.name}")
            for g in host.accounts.groups
            if each.first <= g.gid <= each.last and g.name in known and g.gid not in host.accounts.gids(each.who)
        ]
    else:
        reached = [
            (a.actor, "root" if not a.uid else a.name)
            for a in host.accounts.accounts
            if each.first <= a.uid <= each.last and a.uid != each.who.uid
        ]
        if any(actor == ROOT for actor, _ in reached):
            reached = [(ROOT, "root")]
    for actor, name in reached[:MOST]:
        yield Grant(
            holders=(account(each.who.name),),
            becomes=actor,
            kind="subordinate-ids",
            technique="T1548",
            via=(
                Fact(
                    each.path, f"gives {each.who.name} ids {each.first} to {each.last}, {name}'s among them", each.line
                ),
            ),
            says=f"may map the id of {name}",
            program=MAPPERS[each.groups],
            fixes=_without(host, each),
        )


def _without(host: Host, each: IdRange) -> tuple[Fix, ...]:
    text = host.fs.text(each.path)
    return (SetLine(each.path, each.line, text.lines[each.line - 1], None),) if text else ()
