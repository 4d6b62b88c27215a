"""What an authentication stack of PAM comes to for somebody who knows no password: pam.conf(5) as Linux-PAM runs it.

The rules of jumps, of `done` and `die`, and of the stack within a stack are those of libpam's pam_dispatch.c. Every module that
asks for a credential fails; modules that only look at who asks for whom are worked out as their manual pages say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.facts.pam import Entry, Stack, Substack, flat
from casemate.host.host import Host
from casemate.model.host import ANYONE, ROOT, Actor, account, group

SUCCESS, FAILURE, IGNORED = "success", "auth_err", "ignore"
ALWAYS = ("pam_permit", "pam_debug")
_SILENT_NAMES = """
pam_env pam_faildelay pam_nologin pam_faillock pam_tally2 pam_tally pam_cap pam_group pam_keyinit pam_echo
pam_warn pam_lastlog pam_mail pam_gnome_keyring pam_kwallet5 pam_kwallet pam_ecryptfs pam_mount pam_umask
pam_limits pam_loginuid pam_xauth pam_selinux pam_selinux_permit pam_setquota pam_usertype pam_script pam_exec
"""
SILENT = frozenset(_SILENT_NAMES.split())
"""Auth modules that say nothing of who somebody is (their manual pages: PAM_IGNORE, or only a veto)."""

VETO = (
    "pam_shells",
    "pam_securetty",
    "pam_access",
    "pam_listfile",
    "pam_localuser",
    "pam_time",
)  # success unless refused


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks, and for whom. holder: the actor; name, groups: as modules see it; becomes: the account's name."""

    holder: Actor
    name: str = ""
    groups: frozenset[str] = frozenset()
    becomes: str = "root"


@dataclass(frozen=True, slots=True)
class Opened:
    """A stack that lets somebody through. cause: the line that is wrong. last: the one that says yes."""

    who: Who
    cause: Entry
    last: Entry


@dataclass(slots=True)
class _State:
    impression: str = ""  # "", "+" or "-"
    status: str = FAILURE
    yes: Entry | None = None
    jump: Entry | None = None  # by which a failed module led past a refusal


def opened(host: Host, stack: Stack) -> Iterator[Opened]:
    """Everybody whom a stack lets through without a password; nobody besides when anyone is."""
    for who in _candidates(stack):
        state = _State()
        _run(host, stack, who, state, 0)
        if state.impression == "+" and state.status == SUCCESS and state.yes:
            yield Opened(who, state.jump or state.yes, state.yes)
            if who.holder == ANYONE and who.becomes == "root":
                return


def _candidates(stack: Stack) -> Iterator[Who]:
    """Anyone, then each group and account that a module of the stack asks about; as root first."""
    yield Who(ANYONE)
    groups: dict[str, None] = {}
    names: dict[str, None] = {}
    targets: dict[str, None] = {}
    for entry in flat(stack):
        if entry.name == "pam_wheel":
            groups.setdefault(_option(entry, "group") or "wheel")
        if entry.name != "pam_succeed_if":
            continue
        for left, op, right in _conditions(entry):
            values = right.split(":")
            if op == "ingroup":
                groups |= dict.fromkeys(values)
            elif left in ("user", "ruser") and op in ("=", "in", "eq"):
                (names if left == "ruser" or "use_uid" in entry.args else targets).update(dict.fromkeys(values))
    for target in ("root", *list(targets)[:50]):
        for name in list(groups)[:50]:
            yield Who(group(name), "", frozenset({name}), target)
        for name in list(names)[:50]:
            if name != "root":
                yield Who(account(name), name, frozenset(), target)
        if target != "root":
            yield Who(ANYONE, becomes=target)


def _run(host: Host, stack: Stack, who: Who, state: _State, depth: int) -> None:
    index = 0
    while index < len(stack):
        item = stack[index]
        index += 1
        if isinstance(item, Substack):
            inner = _State()
            if depth < 20:
                _run(host, item.entries, who, inner, depth + 1)
            if inner.impression:
                good = inner.impression == "+" and inner.status == SUCCESS
                _apply(state, "ok" if good else "bad", SUCCESS if good else FAILURE, inner.yes)
                state.jump = state.jump or inner.jump
            continue
        answer = _answer(host, item, who)
        action = item.action(answer)
        if action.isdecimal():
            passed = stack[index : index + int(action)]
            if len(passed) < int(action):
                _apply(state, "bad", FAILURE, item)
            if answer == FAILURE and any(isinstance(e, Entry) and e.name == "pam_deny" for e in passed):
                state.jump = state.jump or item
            index += int(action)
            continue
        _apply(state, action, answer, item)
        if action == "die" or (action == "done" and state.impression == "+"):
            return


def _apply(state: _State, action: str, answer: str, entry: Entry | None) -> None:
    if action == "reset":
        state.impression, state.status, state.yes = "", FAILURE, None
    elif action in ("ok", "done"):
        if not state.impression or (state.impression == "+" and state.status == SUCCESS):
            if not state.impression or (state.yes and state.yes.name not in ALWAYS and answer == SUCCESS):
                state.yes = entry
            state.impression, state.status = "+", answer
    elif action in ("bad", "die"):
        if state.impression != "-":
            state.impression, state.status = "-", answer


def _answer(host: Host, entry: Entry, who: Who) -> str:
    name = entry.name
    if name in ALWAYS:
        return SUCCESS
    if name == "pam_rootok":
        return SUCCESS if who.holder == ROOT else FAILURE
    if name == "pam_succeed_if":
        return SUCCESS if all(_holds(host, entry, c, who) for c in _conditions(entry)) else FAILURE
    if name == "pam_wheel":
        return _wheel(entry, who)
    if name in VETO:
        return SUCCESS
    return IGNORED if name in SILENT else FAILURE


def _wheel(entry: Entry, who: Who) -> str:
    """pam_wheel(8): with `trust`, a member passes; without it, its being a member is no answer."""
    if "root_only" in entry.args and who.becomes != "root":
        return IGNORED
    member = (_option(entry, "group") or "wheel") in who.groups
    if "deny" in entry.args:
        return "perm_denied" if member else SUCCESS if "trust" in entry.args else IGNORED
    if not member:
        return "perm_denied"
    return SUCCESS if "trust" in entry.args else IGNORED


def _option(entry: Entry, name: str) -> str:
    return next((a[len(name) + 1 :] for a in entry.args if a.startswith(f"{name}=")), "")


def _conditions(entry: Entry) -> list[tuple[str, str, str]]:
    """The triples of pam_succeed_if(8); what is no flag and no triple makes a condition that never holds."""
    flags = ("debug", "use_uid", "quiet", "quiet_fail", "quiet_success", "audit")
    words = [a for a in entry.args if a not in flags]
    triples = [tuple(words[i : i + 3]) for i in range(0, len(words), 3)]
    return [(t[0], t[1], t[2]) if len(t) == 3 else ("", "", "") for t in triples]


def _holds(host: Host, entry: Entry, condition: tuple[str, str, str], who: Who) -> bool:
    left, op, right = condition
    asked = "use_uid" in entry.args  # look at who asks, not at whom it wants to become
    target = host.accounts.named(who.becomes)
    groups = (
        who.groups
        if asked
        else frozenset(g.name for g in host.accounts.groups if target and g.gid in host.accounts.gids(target))
    )
    name = who.name if asked else who.becomes
    if op in ("ingroup", "notingroup"):
        return bool(groups & set(right.split(":"))) == (op == "ingroup")
    number = 1000 if asked else target.uid if target else 1000
    values = {
        "uid": str(number),
        "gid": str(1000 if asked or not target else target.gid),
        "user": name,
        "ruser": who.name,
        "shell": target.shell if target and not asked else "/bin/bash",
        "home": target.home if target and not asked else "/home/" + name,
        "tty": "pts/0",
        "rhost": "",
        "service": "",
    }
    if left not in values:
        return False
    return _compared(values[left], op, right)


def _compared(value: str, op: str, right: str) -> bool:
    op = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}.get(op, op)
    if op in ("eq", "ne", "lt", "le", "gt", "ge"):
        if not value.isdecimal() or not right.isdecimal():
            return False
        a, b = int(value), int(right)
        return {"eq": a == b, "ne": a != b, "lt": a < b, "le": a <= b, "gt": a > b, "ge": a >= b}[op]
    if op in ("=", "!="):
        return (value == right) == (op == "=")
    if op in ("in", "notin"):
        return (value in right.split(":")) == (op == "in")
    if op in ("=~", "!~"):
        fits = bool(re.fullmatch(".*".join(map(re.escape, right.split("*"))), value)) if right.count("*") < 4 else False
        return fits == (op == "=~")
    return False
