"""Who may run what by sudo or doas in the end: the rules worked out for each holder, the last one that matches deciding."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from casemate.host.facts.doas import doas
from casemate.host.facts.sudoers import Command, Item, Rule, Setting, Sudoers, sudoers
from casemate.host.facts.sudoers_lines import Line, hostname
from casemate.host.host import Host
from casemate.model.host import ANYONE, ROOT, Actor, group, named

LATER_LIMIT = 300  # rules of the same command looked through for one that overrules another
MAX_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Right:
    """Somebody may run a command as others. password: their own is asked for; other: another's is, such as root's.

    tool: "sudo" or "doas". sure: False when the rule is for hosts of which it is not known whether this is one. becomes:
    accounts, or groups. excepted: commands that the same rule takes away with `!`. administrator: may run everything as root.
    """

    tool: str
    holder: Actor
    line: Line
    command: Command
    becomes: tuple[Actor, ...]
    password: bool
    other: bool
    sure: bool
    excepted: tuple[Command, ...]
    administrator: bool = False

    @property
    def root(self) -> bool:
        """Whether root is among them."""
        return ROOT in self.becomes


@dataclass(frozen=True, slots=True)
class _Entry:
    rule: Rule
    command: Command


def rights(host: Host) -> tuple[Right, ...]:
    """All of a host, in the order of the lines."""
    return (*_rights(host, "sudo", host.once(sudoers)), *_rights(host, "doas", host.once(doas)))


def _rights(host: Host, tool: str, said: Sudoers) -> Iterator[Right]:
    entries = [_Entry(rule, command) for rule in said.rules for command in rule.commands]
    if len(entries) > MAX_ENTRIES:
        line = entries[MAX_ENTRIES].rule.line
        host.odd(line.path, line.line, "more rules than are looked at")
        entries = entries[:MAX_ENTRIES]
    places: dict[str, list[int]] = {}
    for index, entry in enumerate(entries):
        places.setdefault(entry.command.path, []).append(index)
    own = hostname(host)
    for index, entry in enumerate(entries):
        sure = on_this_host(entry.rule.hosts, own)
        if entry.command.negated or sure is False:
            continue
        for item in entry.rule.users:
            holder = holder_of(host, item)
            if item.name.startswith(("+", "%:")):
                host.odd(
                    entry.rule.line.path, entry.rule.line.line, "members of a netgroup or of a group of another source"
                )
            if item.negated or holder is None or holder == ROOT:
                continue
            if _overruled(host, entries, places, index, holder, own):
                continue
            becomes = targets(host, said, entry.command, holder)
            if not becomes:
                continue
            free = _free(host, said, entry.command, holder)
            everything = entry.command.path == "ALL" and ROOT in becomes
            yield Right(
                tool=tool,
                holder=holder,
                line=entry.rule.line,
                command=entry.command,
                becomes=becomes,
                password=not free,
                other=not free and any(said.flag(f, False) for f in ("targetpw", "rootpw", "runaspw")),
                sure=sure is True,
                excepted=tuple(c for c in entry.rule.commands if c.negated),
                administrator=everything,
            )


def holder_of(host: Host, item: Item) -> Actor | None:
    """The actor that an entry of a list of users stands for; None when nobody on this host is it."""
    name = item.name
    if name == "ALL":
        return ANYONE
    if name.startswith("%"):
        found = host.accounts.group(name[1:])
        return group(found.name) if found else None
    if name.startswith("+"):
        return None  # a netgroup: its members are not in the root's files
    known = host.accounts.named(name)
    return known.actor if known else None


def covers(host: Host, items: tuple[Item, ...], holder: Actor) -> bool:
    """Whether a list of users holds everybody who is the holder; its last entry that fits decides."""
    hit = False
    for item in items:
        other = holder_of(host, item)
        if other is None:
            continue
        if other in (holder, ANYONE) or other in groups_of(host, holder):
            hit = not item.negated
    return hit


def groups_of(host: Host, holder: Actor) -> frozenset[Actor]:
    """The groups of an account; none for others."""
    told = host.once(_groups_told)
    if holder not in told:
        known = host.accounts.named(named(holder)) if holder.startswith("account:") else None
        gids = host.accounts.gids(known) if known else frozenset()
        told[holder] = frozenset(group(g.name) for g in host.accounts.groups if g.gid in gids)
    return told[holder]


def _groups_told(host: Host) -> dict[Actor, frozenset[Actor]]:
    """The answers of `groups_of`: each of thousands of rules asks about every later one."""
    return {}


def on_this_host(hosts: tuple[Item, ...], own: str) -> bool | None:
    """Whether a rule is for this host; None when that cannot be known from a root at rest (addresses, netgroups)."""
    answer: bool | None = False
    for item in hosts:
        short = own.partition(".")[0]
        if item.name == "ALL" or (own and fnmatchcase(own, item.name)) or (short and fnmatchcase(short, item.name)):
            answer = not item.negated
        elif not own or item.name.startswith("+") or item.name[:1].isdigit() or ":" in item.name or "." in item.name:
            answer = answer or (None if not item.negated else answer)
    return answer


def targets(host: Host, said: Sudoers, command: Command, holder: Actor) -> tuple[Actor, ...]:
    """Whom a command may be run as."""
    if command.users is None:
        name = next((s.value for s in reversed(said.settings) if s.name == "runas_default" and s.value), "root")
        return (host.accounts.actor(name),)
    out: dict[Actor, None] = {}
    barred: set[Actor] = set()
    everybody = False
    for item in command.users:
        if item.name == "ALL":
            everybody = not item.negated
            continue
        found = holder_of(host, item)
        known = host.accounts.group(item.name[1:]) if item.name.startswith("%") else None
        people = [host.accounts.actor(m) for m in host.accounts.members(known)] if known else [found] if found else []
        for one in people:
            if item.negated:
                barred.add(one)
            else:
                out.setdefault(one)
    if everybody:
        if ROOT not in barred:
            return (ROOT,)
        out |= dict.fromkeys(a.actor for a in host.accounts.accounts if a.login and a.uid)
    if not command.users and command.groups:
        for item in command.groups:
            of = host.accounts.group(item.name)
            if item.name == "ALL":
                return (ROOT,)  # group root, and through group disk or shadow whatever is root's
            if of and not item.negated:
                out.setdefault(group(of.name))
    return tuple(a for a in out if a not in barred and a != holder)


def _free(host: Host, said: Sudoers, command: Command, holder: Actor) -> bool:
    """Whether no password is asked for."""
    if command.tags & {"NOPASSWD", "PASSWD"}:
        return "NOPASSWD" in command.tags
    asked = True
    for setting in said.settings:
        if setting.name == "authenticate" and applies(host, setting, holder, command):
            asked = setting.op != "!"
        if setting.name == "exempt_group" and setting.op == "=":
            known = host.accounts.group(setting.value)
            if known and (group(known.name) == holder or group(known.name) in groups_of(host, holder)):
                return True
    return not asked


def applies(host: Host, setting: Setting, holder: Actor, command: Command) -> bool:
    """Whether a line of Defaults is in force for a holder's command."""
    if setting.scope == ":":
        return covers(host, setting.names, holder)
    if setting.scope == ">":
        runas = command.users if command.users is not None else (Item("root"),)
        names = {i.name for i in setting.names if not i.negated}
        return "ALL" in names or bool(names & {i.name for i in runas}) or any(i.name == "ALL" for i in runas)
    if setting.scope == "!":
        return any(c.path in (command.path, "ALL") and not c.negated for c in setting.commands)
    return setting.scope != "@" or on_this_host(setting.names, hostname(host)) is not False


def _overruled(
    host: Host, entries: list[_Entry], places: dict[str, list[int]], index: int, holder: Actor, own: str
) -> bool:
    """Whether a later rule says something else of the same command (sudoers(5): "the last match is used")."""
    this = entries[index]
    for number in (*_after(places, this.command.path, index), *_after(places, "ALL", index)):
        later = entries[number]
        if (
            _holds(later.command, this.command)
            and (later.command.negated or later.command.tags != this.command.tags)
            and _runas_holds(later.command, this.command)
            and on_this_host(later.rule.hosts, own)
            and covers(host, later.rule.users, holder)
        ):
            return True
    return False


def _after(places: dict[str, list[int]], path: str, index: int) -> list[int]:
    found = places.get(path, [])
    start = bisect_right(found, index)
    return found[start : start + LATER_LIMIT]


def _holds(later: Command, this: Command) -> bool:
    if later.path == "ALL":
        return True
    return later.path == this.path and later.args in (None, this.args)


def _runas_holds(later: Command, this: Command) -> bool:
    if later.users == this.users:
        return True
    names = {i.name for i in later.users} if later.users is not None else {"root"}
    wanted = {i.name for i in this.users} if this.users is not None else {"root"}
    return "ALL" in names or wanted <= names
