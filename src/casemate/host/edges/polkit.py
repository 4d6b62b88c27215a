"""polkit: rules, local authority files and action defaults that make somebody root (polkit(8), pklocalauthority(8))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from shlex import quote

from casemate.host.edges.sudo_escape import judged
from casemate.host.facts.polkit_files import Action, actions, pkla
from casemate.host.facts.polkit_rules import FOLDERS, Answer, polkit_rules
from casemate.host.facts.polkit_terms import Clause
from casemate.host.host import Host
from casemate.host.relation import Grant, Relation, Trust
from casemate.host.running import ran
from casemate.model.host import ANYONE, ROOT, Actor, Confidence, Fact, group, named
from casemate.model.host_fix import Fix, SetLine

TECHNIQUE = "T1548"
PKEXEC = ("/usr/bin/pkexec", "/usr/local/bin/pkexec")
ROOT_ACTIONS = {  # what who may do this makes root run, or becomes
    "org.freedesktop.policykit.exec": "pkexec runs any program as root",
    "org.freedesktop.systemd1.manage-units": "systemd runs a transient unit as root",
    "org.freedesktop.systemd1.manage-unit-files": "systemd enables any unit",
    "org.freedesktop.systemd1.set-environment": "systemd's environment is set for root's units",
    "org.freedesktop.packagekit.package-install": "packages are installed as root",
    "org.freedesktop.packagekit.package-install-untrusted": "any package is installed as root",
    "org.freedesktop.accounts.user-administration": "any account is made an administrator",
    "org.freedesktop.accounts.set-login-option": "somebody is logged in without a password",
    "org.freedesktop.udisks2.open-device-system": "disks are written raw",
    "org.freedesktop.udisks2.modify-device-system": "system disks are changed",
    "org.freedesktop.machine1.host-shell": "a shell is opened on the host",
    "org.freedesktop.machine1.manage-machines": "machines are changed",
    "org.libvirt.unix.manage": "virtual machines are given any disk of the host",
    "org.debian.apt.install-file": "any package is installed as root",
    "org.debian.apt.install-or-remove-packages": "packages are installed as root",
    "org.freedesktop.portable1.manage-images": "an image's services are run as root",
    "org.gtk.vfs.file-operations": "any file is written as root",
}
SHIPPED = "/usr/share/"


def edges(host: Host) -> Iterator[Relation]:
    """Rules, files of the local authority, defaults of actions, and the files and folders themselves."""
    for answer in host.once(polkit_rules):
        yield from _of_rule(host, answer)
    yield from _of_pkla(host)
    yield from _of_actions(host)
    yield from _files(host)


def _files(host: Host) -> Iterator[Relation]:
    """The daemon reads the rules as its own account, and whoever is the daemon decides who may do what."""
    daemon = next((host.accounts.named(n) for n in ("polkitd", "polkituser") if host.accounts.named(n)), None)
    runner = daemon.actor if daemon else ROOT
    if daemon and runner != ROOT:
        yield Grant(
            holders=(runner,),
            becomes=ROOT,
            kind="polkit-daemon",
            technique=TECHNIQUE,
            via=(Fact("/etc/passwd", f"has {daemon.name}, the account of polkit's daemon", daemon.line),),
            says="decides who may act as root",
            natural=True,
        )
    for folder in (*FOLDERS, "/etc/polkit-1", "/usr/share/polkit-1/actions"):
        if host.fs.is_folder(folder):
            places = [f"{folder}/{name}" for name in host.fs.names(folder) if name.endswith((".rules", ".policy"))]
            for path in (folder, *places):
                yield Trust(
                    runner=runner, path=path, kind="polkit-configuration", technique=TECHNIQUE, via=(), folder=path == folder,
                    says="says what polkit lets people do",
                )  # fmt: skip


def reached(patterns: tuple[frozenset[str], ...]) -> str:
    """The first action that makes root of those that fit every set; "" for none."""
    for action in ROOT_ACTIONS:
        if all(any(fnmatchcase(action, pattern) for pattern in one) for one in patterns):
            return action
    return ""


def holders(host: Host, clause: Clause) -> tuple[Actor, ...] | None:
    """Who fulfils a clause: everybody, an account, or the groups that are needed together; None when nobody here does."""
    if clause.never or len(clause.users) > 1:
        return None
    for name in clause.users:
        known = host.accounts.named(name)
        return (known.actor,) if known and known.actor != ROOT else None
    groups = []
    for name in sorted(clause.groups):
        of = host.accounts.group(name)
        if of is None:
            return None
        groups.append(group(of.name))
    return tuple(groups) or (ANYONE,)


def _of_rule(host: Host, answer: Answer) -> Iterator[Grant]:
    clause = answer.clause
    action = reached(clause.actions) or _programs(host, clause)
    if not action or clause.limited:
        return
    if clause.unknown:
        host.odd(answer.path, answer.line, "a condition of a polkit rule that is not understood")
        return
    who = holders(host, clause)
    asked = answer.result != "YES"
    if who is None or (asked and who != (ANYONE,)):
        return
    whom = "everybody" if who == (ANYONE,) else " and ".join(named(w) for w in who)
    which = "every action" if not clause.actions else action
    how = " after their own password" if asked else ""
    where = " at the console" if clause.console else ""
    yield Grant(
        holders=who,
        becomes=ROOT,
        kind="polkit-rule",
        technique=TECHNIQUE,
        via=(
            Fact(answer.path, f"lets {whom}{where} do {which}{how}: {ROOT_ACTIONS.get(action, action)}", answer.start),
        ),
        says=f"may do {which}",
        natural=answer.path.startswith(SHIPPED) and who != (ANYONE,),
        confidence=Confidence.LIKELY if asked or (clause.console and who == (ANYONE,)) else Confidence.PROVED,
        fixes=_denied(host, answer),
    )


def _programs(host: Host, clause: Clause) -> str:
    """An action that lets pkexec run a program which gives more than it is for."""
    if not clause.actions:
        return ""
    for action in host.once(actions):
        fits = all(any(fnmatchcase(action.id, p) for p in one) for one in clause.actions)
        if fits and action.program and judged(host, action.program, None):
            return action.id
    return ""


def _denied(host: Host, answer: Answer) -> tuple[Fix, ...]:
    raw = host.fs.line(answer.path, answer.line)
    to = re.sub(r"polkit\.Result\.(YES|AUTH_SELF(_KEEP)?)", "polkit.Result.AUTH_ADMIN", raw)
    return (SetLine(answer.path, answer.line, raw, to),) if to != raw else ()


def _of_pkla(host: Host) -> Iterator[Grant]:
    for entry in host.once(pkla):
        action = reached((frozenset(entry.actions),)) if entry.actions else ""
        if not action or entry.result not in ("yes", "auth_self", "auth_self_keep"):
            continue
        for identity in entry.identities:
            kind, _, name = identity.partition(":")
            clause = Clause(groups=frozenset({name})) if kind == "unix-group" and name != "*" else Clause()
            clause = Clause(users=frozenset({name})) if kind == "unix-user" and name != "*" else clause
            who = holders(host, clause) if kind in ("unix-user", "unix-group", "*", "default") else None
            if who is None or (entry.result != "yes" and who != (ANYONE,)):
                continue
            whom = "everybody" if who == (ANYONE,) else named(who[0])
            yield Grant(
                holders=who,
                becomes=ROOT,
                kind="polkit-rule",
                technique=TECHNIQUE,
                via=(Fact(entry.path, f"lets {whom} do {action}: {ROOT_ACTIONS[action]}", entry.line),),
                says=f"may do {action}",
                confidence=Confidence.LIKELY,  # polkit reads these before version 106, or with polkitd-pkla
                fixes=(SetLine(entry.path, entry.result_line, entry.raw, entry.raw.partition("=")[0] + "=auth_admin"),),
            )


def _of_actions(host: Host) -> Iterator[Relation]:
    """Defaults that ask for nothing: those of programs that pkexec runs, and of what makes root anyway."""
    for action in host.once(actions):
        yield from _program(host, action)
        if action.allows not in ("yes", "auth_self", "auth_self_keep"):
            continue
        found = judged(host, action.program, None) if action.program else None
        if action.id not in ROOT_ACTIONS and found is None:
            continue
        why = ROOT_ACTIONS.get(action.id) or f"root runs {action.program}, which {found.says if found else ''}"
        how = "" if action.allows == "yes" else " after their own password"
        yield Grant(
            holders=(ANYONE,),
            becomes=ROOT,
            kind="polkit-rule",
            technique=TECHNIQUE,
            via=(Fact(action.path, f"lets everybody do {action.id}{how}: {why}", action.line),),
            says=f"may do {action.id}",
            confidence=Confidence.LIKELY if action.console or action.allows != "yes" else Confidence.PROVED,
            fixes=(
                SetLine(action.path, action.line, action.raw, action.raw.replace(f">{action.allows}<", ">auth_admin<")),
            ),
        )


def _program(host: Host, action: Action) -> Iterator[Trust]:
    """What pkexec runs as root by an action: at once when nothing is asked, else when an administrator next does so."""
    if not action.program.startswith("/") or not any(host.fs.is_file(p) for p in PKEXEC):
        return
    at_once = action.allows == "yes" and not action.console
    for trust in ran(
        host,
        quote(action.program),
        runner=ROOT,
        via=(Fact(action.path, f"lets pkexec run it as root for {action.id}", action.line),),
        kind="polkit-program",
        technique=TECHNIQUE,
        says="is run by pkexec as root",
        shell=False,
    ):
        sure = trust.confidence is not Confidence.PROVED or at_once
        yield trust if sure else replace(trust, confidence=Confidence.LIKELY)
