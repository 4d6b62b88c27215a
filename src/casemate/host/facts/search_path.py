"""PATH and umask, as login files set them: environ(7), login.defs(5), pam_env.conf(5), and the start-up files of shells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casemate.host.facts.login_files import HOME_FILES, SYSTEM_FILES
from casemate.host.host import Host
from casemate.model.host import ROOT, Actor, account

_ASSIGNED = re.compile(
    r"""(?:^|[;&|{\s(])(?:export\s+|declare\s+-x\s+|typeset\s+-x\s+|readonly\s+)?PATH\+?=("(?:\\.|[^"\\])*"|'[^']*'|[^\s;&|]*)"""
)
_CSH = re.compile(r"^\s*(?:setenv\s+PATH\s+(\S+)|set\s+path\s*=\s*\(([^)]*)\))")
_FISH = re.compile(r"^\s*(?:set\s+(?:-\S+\s+)*PATH\s+(.+)|fish_add_path\s+(?:-\S+\s+)*(.+))$")
_LOGIN_DEFS = re.compile(r"^\s*(ENV_SUPATH|ENV_PATH|ENV_ROOTPATH)\s+(?:PATH=)?(\S+)")
_PAM_ENV = re.compile(r"^\s*PATH\s+(?:DEFAULT|OVERRIDE)=(\S+)")
VARIABLE = re.compile(
    r"""\s*(?:export\s+|readonly\s+|declare\s+-x\s+)?([A-Za-z_][A-Za-z0-9_]{0,63})=("[^"`]{1,1000}"|'[^']{1,1000}'|[^\s;&|"'`()]{1,1000})"""
)
_USED = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_UMASK = re.compile(r"(?:^|[;&|{\s])umask\s+(?:-\S\s+)*(0?[0-7]{1,4}|u=\S+)\s*(?:$|[;&|}#\s])")

MAX_VARIABLES = 500  # of one file
MAX_VALUE = 10_000


@dataclass(frozen=True, slots=True)
class SearchFolder:
    """One element of a PATH. folder: absolute, or as it stands when it depends on where one is: "", ".", "bin". first: it
    comes before the system's folders. runner: whose commands are looked up."""

    path: str
    line: int
    folder: str
    raw: str
    runner: Actor
    first: bool

    @property
    def relative(self) -> bool:
        """Whether it means another folder in each place."""
        return not self.folder.startswith("/")


def search_path(host: Host) -> tuple[SearchFolder, ...]:
    """Every element of every PATH that logins get, but for those that hold what is not known here."""
    return tuple(found for path, runner, home in files(host) for found in _of_file(host, path, runner, home))


def files(host: Host) -> Iterator[tuple[str, Actor, str]]:
    """Files that set the environment of logins, whose they are, and the home that ~ means in them."""
    for pattern in (
        "/etc/environment",
        "/etc/login.defs",
        "/etc/security/pam_env.conf",
        "/etc/default/su",
        *SYSTEM_FILES,
    ):
        for path in host.fs.glob(pattern):
            yield path, ROOT, "/root"
    for who in host.accounts.accounts:
        if who.login and who.home not in ("/", "/bin", "/nonexistent"):
            for name in HOME_FILES:
                path = f"{who.home.rstrip('/')}/{name}"
                if host.fs.is_file(path):
                    yield path, ROOT if not who.uid else account(who.name), who.home


def _of_file(host: Host, path: str, runner: Actor, home: str) -> Iterator[SearchFolder]:
    text = host.fs.text(path)
    set_before: dict[str, str] = {}
    for number, line in text.numbered() if text else ():
        given = VARIABLE.match(line)
        if given and given[1] not in ("PATH", "HOME") and len(set_before) < MAX_VARIABLES:
            set_before[given[1]] = (
                put_in(given[2].strip("\"'"), set_before) if given[2][0] != "'" else given[2].strip("'")
            )
        if "PATH" not in line and "path" not in line:
            continue
        bare = re.sub(r"(^|\s)#.*", "", line)
        for value in _values(path, bare):
            parts = _elements(put_in(value, set_before))
            seen_system = False
            for part in parts:
                seen_system = seen_system or part.strip("{}").lstrip("$").startswith(
                    ("PATH", "{PATH", "/usr", "/bin", "/sbin")
                )
                if part == "":
                    yield SearchFolder(path, number, "", line, runner, not seen_system)
                    continue
                folder = re.sub(r"^(~|\$HOME|\$\{HOME\}|@\{HOME\})(?=/|$)", lambda _: home.rstrip("/"), part)
                if "$" in folder or "`" in folder or "@{" in folder or folder.startswith("~"):
                    continue
                yield SearchFolder(path, number, folder, line, runner, not seen_system)


def put_in(value: str, known: dict[str, str]) -> str:
    """A value with the variables that the same file has set before."""
    put = _USED.sub(lambda found: known.get(found[1] or found[2], found[0]), value)
    return put if len(put) <= MAX_VALUE else value


def _values(path: str, line: str) -> Iterator[str]:
    if path.endswith("login.defs"):
        found = _LOGIN_DEFS.match(line)
        if found:
            yield found[2]
        return
    if path.endswith("pam_env.conf"):
        found = _PAM_ENV.match(line)
        if found:
            yield found[1].strip('"')
        return
    for assigned in _ASSIGNED.finditer(line):
        value = assigned[1].strip("\"'")
        if value or path == "/etc/environment":
            yield value or "/usr/bin"
    csh = _CSH.match(line)
    if csh:
        yield (csh[1] or ":".join(csh[2].split())).strip('"').replace("$path", "$PATH")
    fish = _FISH.match(line)
    if fish:
        yield ":".join(w.strip("\"'") for w in (fish[1] or fish[2]).split())


def _elements(value: str) -> list[str]:
    """Split at colons that are not within braces."""
    out, depth, held = [], 0, ""
    for index, char in enumerate(value[:10_000]):
        if char == "{" and value[index - 1 : index] == "$":
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        if char == ":" and not depth:
            out.append(held)
            held = ""
        else:
            held += char
            if char == "}" and not depth and held.endswith(":}"):  # ${PATH:+$PATH:}, whose colon divides
                out.append(held)
                held = ""
    return [*out, held]


@dataclass(frozen=True, slots=True)
class Umask:
    """A umask that logins get."""

    path: str
    line: int
    value: int


def umasks(host: Host) -> tuple[Umask, ...]:
    """Every umask in these files, and that of login.defs."""
    out: list[Umask] = []
    for path, _, _ in files(host):
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            if "mask" not in line.lower():
                continue
            bare = re.sub(r"(^|\s)#.*", "", line)
            found = (
                re.match(r"^\s*UMASK\s+(0?[0-7]{1,4})\s*$", bare)
                if path.endswith("login.defs")
                else _UMASK.search(bare)
            )
            if found and not found[1].startswith("u"):
                out.append(Umask(path, number, int(found[1], 8)))
    return tuple(out)
