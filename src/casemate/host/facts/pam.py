"""PAM: the stacks of /etc/pam.d and /etc/pam.conf (pam.conf(5)), includes followed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from casemate.host.host import Host

FOLDERS = ("/etc/pam.d", "/usr/lib/pam.d")  # the first that has the service
CONF = "/etc/pam.conf"
KINDS = ("auth", "account", "password", "session")
MAX_DEPTH = 24
MAX_ENTRIES = 2000
MODULE_FOLDERS = (
    "/usr/lib/*-linux-gnu*/security",
    "/usr/lib64/security",
    "/usr/lib/security",
    "/lib/security",
    "/lib64/security",
    "/lib/*-linux-gnu*/security",
)

_LINE = re.compile(r"(-?)(\w+)\s+(\[(?:\\\]|[^\]])*\]|\S+)(?:\s+(\[(?:\\\]|[^\]])*\]|\S+))?\s*(.*)", re.DOTALL)
_ARGUMENT = re.compile(r"\[((?:\\\]|[^\]])*)\]|(\S+)")
_WORDS = {
    "required": {"success": "ok", "new_authtok_reqd": "ok", "ignore": "ignore", "default": "bad"},
    "requisite": {"success": "ok", "new_authtok_reqd": "ok", "ignore": "ignore", "default": "die"},
    "sufficient": {"success": "done", "new_authtok_reqd": "done", "default": "ignore"},
    "optional": {"success": "ok", "new_authtok_reqd": "ok", "default": "ignore"},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that names a module. actions: what follows from each of its answers. raw: the whole line as it stands."""

    path: str
    line: int
    kind: str
    control: str
    module: str
    args: tuple[str, ...]
    raw: str
    actions: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The module without folder and ending: "pam_unix"."""
        return self.module.rpartition("/")[2].removesuffix(".so")

    def action(self, answer: str) -> str:
        """What is done when the module answers so."""
        known = dict(self.actions)
        return known.get(answer, known.get("default", "bad"))


@dataclass(frozen=True, slots=True)
class Substack:
    """A stack within a stack, judged by itself first."""

    entries: tuple[Entry | Substack, ...]


Stack = tuple[Entry | Substack, ...]


@dataclass(frozen=True, slots=True)
class Pam:
    """stacks: by service and kind. files: every file that was read, in the order of its reading."""

    stacks: dict[tuple[str, str], Stack] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def stack(self, service: str, kind: str) -> Stack:
        """The one of a service; that of "other" when it says nothing of that kind."""
        return self.stacks.get((service, kind)) or self.stacks.get(("other", kind), ())

    def entries(self) -> tuple[Entry, ...]:
        """Every line of every stack, once."""
        out: dict[tuple[str, int], Entry] = {}
        for stack in self.stacks.values():
            for entry in flat(stack):
                out.setdefault((entry.path, entry.line), entry)
        return tuple(out.values())


def flat(stack: Stack) -> list[Entry]:
    """The lines of a stack, those of the stacks in it among them."""
    out: list[Entry] = []
    for entry in stack:
        if isinstance(entry, Entry):
            out.append(entry)
        else:
            out += flat(entry.entries)
    return out


def pam(host: Host) -> Pam:
    """The stacks of every service of a host."""
    stacks: dict[tuple[str, str], Stack] = {}
    files: dict[str, None] = {}
    services = sorted({name for folder in FOLDERS for name in host.fs.names(folder)})
    for service in services:
        for kind in KINDS:
            stack = _stack(host, service, kind, (), files, [MAX_ENTRIES])
            if stack:
                stacks[service, kind] = stack
    if not host.fs.names(FOLDERS[0]):  # pam.d, when it is there, makes Linux-PAM ignore pam.conf
        _conf(host, stacks, files)
    return Pam(stacks, tuple(files))


def _conf(host: Host, stacks: dict[tuple[str, str], Stack], files: dict[str, None]) -> None:
    text = host.fs.text(CONF)
    for number, line in _lines(text.lines) if text else ():
        files.setdefault(CONF)
        service, _, rest = line.strip().partition(" ")
        found = _LINE.match(rest.strip())
        entry = _entry(host, CONF, number, line, found) if found else None
        if entry is None:
            host.odd(CONF, number, "no line of pam.conf(5)")
        elif entry.kind in KINDS:
            key = (service.lower(), entry.kind)
            stacks[key] = (*stacks.get(key, ()), entry)


def _stack(host: Host, name: str, kind: str, within: tuple[str, ...], files: dict[str, None], left: list[int]) -> Stack:
    """The lines of one kind of a service or included file. left: how many more lines are looked at, in one mutable place."""
    paths = [name] if name.startswith("/") else [f"{folder}/{name}" for folder in FOLDERS]
    path = next((p for p in paths if host.fs.is_file(p)), None)
    text = host.fs.text(path) if path else None
    if text is None:
        return ()
    if text.path in within or len(within) > MAX_DEPTH:
        host.odd(text.path, 1, "PAM files that include one another")
        return ()
    files.setdefault(text.path)
    above = (*within, text.path)
    out: list[Entry | Substack] = []
    for number, line in _lines(text.lines):
        left[0] -= 1
        if left[0] < 0:
            host.odd(text.path, number, "more lines than are looked at")
            break
        word, _, rest = line.strip().partition(" ")
        if word == "@include":
            out += _stack(host, rest.strip(), kind, above, files, left)
            continue
        found = _LINE.match(line.strip())
        if not found:
            host.odd(text.path, number, "no line of pam.conf(5)")
            continue
        if found[2].lower() not in KINDS:
            host.odd(text.path, number, "no line of pam.conf(5)")
        if found[2].lower() != kind:
            continue
        if found[3] in ("include", "substack") and found[4]:
            inner = _stack(host, found[4], kind, above, files, left)
            out += inner if found[3] == "include" else (Substack(inner),)
            continue
        entry = _entry(host, text.path, number, line, found)
        if entry is None:
            host.odd(text.path, number, "no line of pam.conf(5)")
        else:
            out.append(entry)
    return tuple(out)


def _lines(lines: tuple[str, ...]) -> list[tuple[int, str]]:
    """Logical lines with the number of their first physical one: comments gone, a backslash at the end continues."""
    out: list[tuple[int, str]] = []
    held, start = "", 0
    for number, raw in enumerate(lines, 1):
        bare = raw.partition("#")[0]
        start = start or number
        if bare.endswith("\\") and len(held) < 64_000:
            held += bare[:-1] + " "
            continue
        whole = (held + bare).replace("\t", " ")
        if whole.strip():
            out.append((start, whole))
        held, start = "", 0
    return out


def _entry(host: Host, path: str, number: int, line: str, found: re.Match[str]) -> Entry | None:
    _, kind, control, module, rest = found.groups()
    if not module:
        return None
    if control.startswith("["):
        pairs = re.findall(r"([a-z_]+)\s*=\s*([a-z]+|\d+)", control)
        actions = tuple(dict(pairs).items())
    elif control.lower() in _WORDS:
        actions = tuple(_WORDS[control.lower()].items())
    else:
        return None
    args = tuple((a[0] or a[1]).replace("\\]", "]") for a in _ARGUMENT.findall(rest))
    text = host.fs.text(path)
    raw = text.lines[number - 1] if text and number <= len(text.lines) else line
    return Entry(path, number, kind.lower(), control, module, args, raw, actions)


def module_path(host: Host, entry: Entry) -> str:
    """Where the module lies; a path in no folder of modules when it is missing."""
    if entry.module.startswith("/"):
        return entry.module.replace("$ISA", "security")
    for pattern in MODULE_FOLDERS:
        for folder in host.fs.glob(pattern):
            if host.fs.is_file(f"{folder}/{entry.module}"):
                return f"{folder}/{entry.module}"
    return ""
