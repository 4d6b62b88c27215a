"""Fixes of a host in words, as a shell script and as Ansible tasks, each with its undo.

The scripts change nothing that is not as it was when the host was read: a fix that does not fit is said, and left out. They are
written to be read first, and run by whoever is responsible for the host.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from shlex import quote
from typing import Any

from casemate.evidence.redact import redact
from casemate.model.host_fix import AddLines, DropAcl, DropCapabilities, Fix, SetLine, SetMode, SetOwner, Upgrade

_FOOT = """\
if [ "$left" -gt 0 ]; then echo "$left of these changes were not made" >&2; exit 1; fi
"""


def words(fix: Fix) -> str:
    """What a fix does, in one line, for reports: a line may hold a secret that is not to be told."""
    return redact(_words(fix))


def _words(fix: Fix) -> str:
    if isinstance(fix, SetMode):
        return f"chmod {fix.to:04o} {fix.path} (was {fix.was:04o})"
    if isinstance(fix, SetOwner):
        return f"chown {fix.to[0]}:{fix.to[1]} {fix.path} (was {fix.was[0]}:{fix.was[1]})"
    if isinstance(fix, SetLine):
        return f"{fix.path}:{fix.line}: " + (f"“{fix.to.strip()}”" if fix.to is not None else "take the line out")
    if isinstance(fix, AddLines):
        return f"{fix.path}: add “{'; '.join(fix.lines)}”"
    if isinstance(fix, DropCapabilities):
        return f"setcap -r {fix.path}" + (f" (was {fix.was})" if fix.was else "")
    if isinstance(fix, DropAcl):
        return f"setfacl -x {fix.entry.rpartition(':')[0]} {fix.path}"
    return f"bring {fix.package} from {fix.was} to {fix.to} ({fix.manager})"


def shell(fixes: Sequence[Fix], *, undo: bool) -> str:
    """A script that makes the fixes, or takes them back."""
    title = (
        "Takes the changes of fix.sh back."
        if undo
        else "The proposed cut: after it nobody who should not reaches root."
    )
    body = [_undone(fix) if undo else _done(fix) for fix in _ordered(fixes, undo)]
    head = (resources.files("casemate.evidence") / "templates" / "cut.sh").read_text("utf-8")
    head = head.replace("@TITLE@", title).replace("@NAME@", "undo.sh" if undo else "fix.sh")
    return head + "\n" + "".join(f"{part}\n" for part in body) + "\n" + _FOOT


def ansible(fixes: Sequence[Fix], *, undo: bool) -> str:
    """The same as a playbook. Every line is JSON where a value stands, which YAML 1.2 reads as it is."""
    name = "Take the cut back" if undo else "End the ways to root that Casemate found"
    out = ["---", f"- name: {json.dumps(name)}", "  hosts: all", "  become: true", "  gather_facts: false", "  tasks:"]
    for fix in _ordered(fixes, undo):
        if undo and isinstance(fix, Upgrade):
            continue  # a package is not taken back to a version with a known weakness
        module, arguments = _task(fix, undo)
        out += [
            f"    - name: {_yaml(('Undo: ' if undo else '') + words(fix))}",
            f"      {module}:",
        ]
        out += [f"        {key}: {_yaml(value)}" for key, value in arguments.items()]
    return "\n".join(out) + "\n"


def _yaml(value: object) -> str:
    """JSON; a text of the host that Ansible would take for a template, and run what it says, is marked as none."""
    text = json.dumps(value, ensure_ascii=False)
    return f"!unsafe {text}" if isinstance(value, str) and re.search(r"\{[{%#]", value) else text


def as_json(fix: Fix) -> dict[str, Any]:
    """A fix for programs: its kind and its fields, secrets in them redacted."""
    fields = {name: _told(getattr(fix, name)) for name in type(fix).__slots__}
    return {"kind": re.sub(r"(?<!^)(?=[A-Z])", "-", type(fix).__name__).lower()} | fields


def _told(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_told, value))
    return redact(value) if isinstance(value, str) else value


def _ordered(fixes: Iterable[Fix], undo: bool) -> list[Fix]:
    """Lines of a file from its end, so that the numbers of the others stay true; taken back the other way round."""

    def key(fix: Fix) -> tuple[str, int]:
        return (getattr(fix, "path", ""), -fix.line if isinstance(fix, SetLine) else 0)

    return sorted(fixes, key=key, reverse=undo)


def _done(fix: Fix) -> str:
    if isinstance(fix, SetMode):
        return f"mode {quote(fix.path)} {fix.was:o} {fix.to:04o}"
    if isinstance(fix, SetOwner):
        return f"owner {quote(fix.path)} {fix.was[0]}:{fix.was[1]} {fix.to[0]}:{fix.to[1]}"
    if isinstance(fix, SetLine):
        to, act = ("-", "delete") if fix.to is None else (fix.to, "set")
        return f"line {quote(fix.path)} {fix.line} {quote(fix.was)} {quote(to)} {act}"
    if isinstance(fix, AddLines):
        return f"add {quote(fix.path)} {' '.join(map(quote, fix.lines))}"
    if isinstance(fix, DropCapabilities):
        return f"change {quote(fix.path)} setcap -r"
    if isinstance(fix, DropAcl):
        return f"change {quote(fix.path)} setfacl -x {quote(fix.entry.rpartition(':')[0])}"
    return _upgrade(fix)


def _undone(fix: Fix) -> str:
    if isinstance(fix, SetMode):
        return f"mode {quote(fix.path)} {fix.to:o} {fix.was:04o}"
    if isinstance(fix, SetOwner):
        return f"owner {quote(fix.path)} {fix.to[0]}:{fix.to[1]} {fix.was[0]}:{fix.was[1]}"
    if isinstance(fix, SetLine):
        if fix.to is None:
            return f"line {quote(fix.path)} {fix.line} - {quote(fix.was)} insert"
        return f"line {quote(fix.path)} {fix.line} {quote(fix.to)} {quote(fix.was)} set"
    if isinstance(fix, AddLines):
        return f"take {quote(fix.path)} {' '.join(map(quote, fix.lines))}"
    if isinstance(fix, DropCapabilities):
        return f"change {quote(fix.path)} setcap {quote(fix.was)}"
    if isinstance(fix, DropAcl):
        return f"change {quote(fix.path)} setfacl -m {quote(fix.entry)}"
    return f"# {_flat(fix.package)} stays at {_flat(fix.to)}: a package is not taken back to a version with a known weakness"


def _upgrade(fix: Upgrade) -> str:
    commands = {
        "dpkg": f"apt-get install --only-upgrade -- {quote(fix.package)}",
        "apk": f"apk add --upgrade -- {quote(fix.package)}",
        "rpm": f"dnf upgrade -- {quote(fix.package)}",
        "pip": f"python3 -m pip install --upgrade -- {quote(f'{fix.package}>={fix.to}')}",
        "npm": f"npm install -- {quote(f'{fix.package}@>={fix.to}')}",
    }
    return f'[ -n "$ROOT" ] && skip {quote(fix.package)} || {commands[fix.manager]}  # at least {_flat(fix.to)}'


def _flat(text: str) -> str:
    """What may stand in a comment: a line end in it would begin a command."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _task(fix: Fix, undo: bool) -> tuple[str, dict[str, Any]]:
    if isinstance(fix, SetMode):
        return "ansible.builtin.file", {"path": fix.path, "mode": f"{fix.was if undo else fix.to:04o}", "follow": False}
    if isinstance(fix, SetOwner):
        owner, group = fix.was if undo else fix.to
        return "ansible.builtin.file", {"path": fix.path, "owner": str(owner), "group": str(group), "follow": False}
    if isinstance(fix, SetLine):
        now, to = (fix.to, fix.was) if undo else (fix.was, fix.to)
        if now is None:
            return "ansible.builtin.lineinfile", {"path": fix.path, "line": to, "state": "present"}
        if to is None:
            return "ansible.builtin.lineinfile", {"path": fix.path, "line": now, "state": "absent"}
        # With backrefs, nothing is added where the line is not found; the new text is then one in which a backslash escapes.
        changed = {"regexp": f"^{re.escape(now)}$", "line": to.replace("\\", "\\\\"), "backrefs": True}
        return "ansible.builtin.lineinfile", {"path": fix.path} | changed
    if isinstance(fix, AddLines):
        state = "absent" if undo else "present"
        block = {"path": fix.path, "block": "\n".join(fix.lines), "create": not undo, "state": state}
        return "ansible.builtin.blockinfile", block
    if isinstance(fix, DropCapabilities):
        wanted = "present" if undo else "absent"
        return "community.general.capabilities", {"path": fix.path, "capability": fix.was, "state": wanted}
    if isinstance(fix, DropAcl):
        return "ansible.posix.acl", {"path": fix.path, "entry": fix.entry, "state": "present" if undo else "absent"}
    modules = {
        "dpkg": "ansible.builtin.apt",
        "apk": "community.general.apk",
        "rpm": "ansible.builtin.dnf",
        "pip": "ansible.builtin.pip",
        "npm": "community.general.npm",
    }
    return modules[fix.manager], {"name": fix.package, "state": "latest"}
