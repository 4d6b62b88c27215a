"""polkit's other files: .pkla of the local authority (pklocalauthority(8)), .policy with the defaults of actions (polkit(8))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.host import Host

PKLA = ("/etc/polkit-1/localauthority/*/*.pkla", "/var/lib/polkit-1/localauthority/*/*.pkla")
POLICIES = ("/usr/share/polkit-1/actions", "/usr/local/share/polkit-1/actions", "/etc/polkit-1/actions")
MAX_FILES = 3000


@dataclass(frozen=True, slots=True)
class Local:
    """A section of a .pkla file and its widest result. line: of the section; result_line, raw: of the result."""

    path: str
    line: int
    identities: tuple[str, ...]
    actions: tuple[str, ...]
    result: str
    result_line: int
    raw: str


@dataclass(frozen=True, slots=True)
class Action:
    """The widest default of an action. console: only in an active session. program: what pkexec runs by it."""

    path: str
    line: int
    id: str
    allows: str
    raw: str
    program: str = ""
    console: bool = False


def pkla(host: Host) -> tuple[Local, ...]:
    """Every section of every file."""
    return tuple(local for pattern in PKLA for path in host.fs.glob(pattern) for local in _sections(host, path))


def _sections(host: Host, path: str) -> Iterator[Local]:
    text = host.fs.text(path)
    start, values = 0, dict[str, tuple[str, int, str]]()
    for number, line in [*(text.numbered() if text else ()), (0, "[")]:
        bare = line.strip()
        if bare.startswith("["):
            if values.keys() & {"resultany", "resultinactive", "resultactive"}:
                yield _local(path, start, values)
            start, values = number, {}
        elif "=" in bare and not bare.startswith(("#", ";")):
            key, _, value = bare.partition("=")
            values[key.strip().lower()] = (value.strip(), number, line)
        elif bare and not bare.startswith(("#", ";")):
            host.odd(path, number, "no line of pklocalauthority(8)")


def _local(path: str, start: int, values: dict[str, tuple[str, int, str]]) -> Local:
    results = [values[k] for k in ("resultany", "resultinactive", "resultactive") if k in values]
    widest = next((r for r in results if r[0].lower() == "yes"), results[0])
    listed = {
        k: tuple(v.strip() for v in values.get(k, ("", 0, ""))[0].split(";") if v.strip())
        for k in ("identity", "action")
    }
    return Local(path, start, listed["identity"], listed["action"], widest[0].lower(), widest[1], widest[2])


def actions(host: Host) -> tuple[Action, ...]:
    """Every action of every policy file."""
    out: list[Action] = []
    for folder in POLICIES:
        for name in host.first(host.fs.names(folder), MAX_FILES, folder, "files"):
            if name.endswith(".policy"):
                out += _actions(host, f"{folder}/{name}")
    return tuple(out)


def _actions(host: Host, path: str) -> Iterator[Action]:
    """Line by line, which is how these files are written; comments of several lines are left out."""
    text = host.fs.text(path)
    name, program, best, comment = "", "", ("", 0, "", False), False
    for number, line in text.numbered() if text else ():
        if comment or "<!--" in line:
            comment = "-->" not in line
            continue
        opened = re.search(r"<action\s+id\s*=\s*[\"']([^\"']+)", line)
        if opened:
            name, program, best = opened[1], "", ("", number, line, False)
        found = re.search(r"<allow_(any|inactive|active)>\s*(\w+)\s*<", line)
        if found and name and (best[0] != "yes" and found[2] in ("yes", "auth_self", "auth_self_keep")):
            best = (found[2], number, line, found[1] == "active")
        run = re.search(r"policykit\.exec\.path[\"']\s*>\s*([^<\s]+)", line)
        program = run[1] if run else program
        if "</action>" in line and name:
            yield Action(path, best[1], name, best[0], best[2], program, best[3])
            name = ""
