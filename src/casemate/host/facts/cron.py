"""Jobs that are started by the clock: crontab(5), cron(8), run-parts(8), anacrontab(5), at(1), incrontab(5)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.facts.job import Entry, Job, is_debian, quoted, table
from casemate.host.host import Host
from casemate.host.running import DEFAULT_PATH
from casemate.model.host import ROOT, Actor, Fact, NodeKind

KIND, TECHNIQUE = "scheduled-job", "T1053.003"
CRON_PATH: Final = ("/usr/bin", "/bin")  # crontab(5)
SPOOLS: Final = (
    "/var/spool/cron/crontabs",
    "/var/spool/cron/tabs",
    "/var/spool/cron",
    "/var/cron/tabs",
    "/etc/crontabs",
)
MAX_LINES: Final = 3000
PERIODS: Final = ("hourly", "daily", "weekly", "monthly", "yearly")
_VARIABLE: Final = re.compile(r"""^\s*("?)([A-Za-z_]\w*)\1\s*=\s*(.*)$""")
_RUN_PARTS: Final = re.compile(r"[A-Za-z0-9_-]+")
_OTHERS: Final = (".rpmsave", ".rpmorig", ".rpmnew", ".swp", "~", ",v", ".cfsaved", ".dpkg-dist", ".dpkg-old")
_SKIPPED: Final = " (cron itself passes over a table that others can write to or own, until its mode is mended)"


@dataclass(frozen=True, slots=True)
class Line:
    """A job of a crontab. user: as the line has it, "" in the table of one user. variables: set above it."""

    number: int
    user: str
    command: str
    variables: tuple[tuple[str, str], ...]


def crontab(host: Host, path: str, *, system: bool) -> Iterator[Line]:
    """The jobs of a table. system: the lines name the user."""
    text = host.fs.text(path)
    variables: list[tuple[str, str]] = []
    for number, raw in text.numbered() if text else ():
        line = raw.strip()
        if number > MAX_LINES:
            host.odd(path, number, "too many lines for a crontab")
            return
        if not line or line.startswith("#"):
            continue
        found = _VARIABLE.match(line)
        if found and not re.match(r"^[\d*@/,-]+\s+\S+\s+\S+\s+\S+\s+\S+\s", line):
            variables.append((found[2], found[3].strip().strip("\"'")))
            continue
        fields = 1 if line.lstrip("-").startswith("@") else 5
        parts = line.split(None, fields + system)
        if len(parts) <= fields + system or not re.fullmatch(r"-?[\d*@/,A-Za-z~?LW#-]+", parts[0]):
            host.odd(path, number, "no line of a crontab")
            continue
        yield Line(number, parts[fields] if system else "", _before_percent(parts[-1]), tuple(variables[-50:]))


def _before_percent(command: str) -> str:
    """What is behind an unescaped % is given to the command to read (crontab(5))."""
    return re.split(r"(?<!\\)%", command, maxsplit=1)[0].replace("\\%", "%")


def _job(host: Host, path: str, line: Line, runner: Actor, by: str = "cron") -> Iterator[Job]:
    values = dict(line.variables)
    owner = next((a for a in host.accounts.accounts if a.actor == runner), None)
    home = values.get("HOME") or (owner.home if owner else "/")
    who = owner.name if owner else line.user
    search = tuple(values["PATH"].split(":")) if values.get("PATH") else CRON_PATH
    via = (Fact(path, f"has {by} run it as {who}", line.number),)
    says = f"is run by {by} as {who}"
    environment = tuple((name, value) for name, value in values.items() if name not in ("PATH", "SHELL", "MAILTO"))
    job = Job(
        line=line.command,
        kind=KIND,
        technique=TECHNIQUE,
        says=says,
        via=via,
        runner=runner,
        path=search,
        cwd=home,
        environment=environment,
    )
    yield job
    shell = values.get("SHELL", "")
    if shell.startswith("/"):
        yield Job(line=quoted(shell), kind=KIND, technique=TECHNIQUE, says=says, via=via, runner=runner)


def cron(host: Host) -> tuple[Entry, ...]:
    """The tables of every kind of cron, the folders of programs that it runs, and jobs of at and incron."""
    out: list[Entry] = [*_system(host), *_spools(host), *_anacron(host)]
    lines = " ".join(entry.line for entry in out if isinstance(entry, Job))
    for period in PERIODS:
        folder = f"/etc/cron.{period}"
        if folder not in lines and host.fs.is_folder(folder):
            says = "is run by cron as root"
            out.append(Job(line=f"run-parts {folder}", kind=KIND, technique=TECHNIQUE, says=says))
    return (*out, *_at(host), *_incron(host))


def _system(host: Host) -> Iterator[Entry]:
    says = "names what cron runs, and as whom"
    if host.fs.is_file("/etc/crontab"):
        yield table("/etc/crontab", KIND, TECHNIQUE, says + _SKIPPED, sure=False)
        yield from _tabled(host, "/etc/crontab")
    for folder in ("/etc/cron.d", "/usr/local/etc/cron.d"):
        if not host.fs.is_folder(folder):
            continue
        yield table(folder, KIND, TECHNIQUE, "holds tables that " + says + _SKIPPED, folder=True, sure=False)
        for name in host.fs.names(folder):
            path = posixpath.join(folder, name)
            taken = (
                _RUN_PARTS.fullmatch(name)
                if is_debian(host)
                else not name.startswith(".") and not name.endswith(_OTHERS)
            )
            if taken and host.fs.is_file(path):
                yield table(path, KIND, TECHNIQUE, says + _SKIPPED, sure=False)
                yield from _tabled(host, path)


def _tabled(host: Host, path: str) -> Iterator[Job]:
    for line in crontab(host, path, system=True):
        yield from _job(host, path, line, host.accounts.actor(line.user))


def _spools(host: Host) -> Iterator[Entry]:
    """The tables that users have by crontab(1): each runs as the user that it is named after."""
    for spool in SPOOLS:
        node = host.fs.node(spool)
        if node is not None and node.mode & 0o002:  # crontab(1) needs its group alone
            says = "holds the tables of all users, root's among them" + _SKIPPED
            yield table(spool, KIND, TECHNIQUE, says, folder=True, sure=False)
        for name in host.fs.names(spool):
            path = posixpath.join(spool, name)
            if name.startswith(".") or not host.fs.is_file(path) or host.accounts.named(name) is None:
                continue
            runner = host.accounts.actor(name)
            yield table(path, KIND, TECHNIQUE, f"names what cron runs as {name}" + _SKIPPED, runner=runner, sure=False)
            for line in crontab(host, path, system=False):
                yield from _job(host, path, line, runner)


def _anacron(host: Host) -> Iterator[Entry]:
    """anacrontab(5): period, delay, a name, the command; all as root."""
    path = "/etc/anacrontab"
    text = host.fs.text(path)
    if text is None:
        return
    yield table(path, KIND, TECHNIQUE, "names what anacron runs as root")
    variables: list[tuple[str, str]] = []
    for number, raw in text.numbered():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        found = _VARIABLE.match(line)
        parts = line.split(None, 3)
        if found and not re.match(r"^[@\d]", line):
            variables.append((found[2], found[3].strip("\"'")))
        elif len(parts) == 4:
            values = dict(variables)
            search = tuple(values.get("PATH", "").split(":")) if values.get("PATH") else DEFAULT_PATH
            yield Job(
                line=parts[3],
                kind=KIND,
                technique=TECHNIQUE,
                says="is run by anacron as root",
                via=(Fact(path, "has anacron run it as root", number),),
                path=search,
            )
        else:
            host.odd(path, number, "no line of an anacrontab")


def _at(host: Host) -> Iterator[Entry]:
    """at(1): a waiting job is a script of whoever owns it."""
    for spool in ("/var/spool/cron/atjobs", "/var/spool/at", "/var/spool/atjobs"):
        for name in host.fs.names(spool):
            path = posixpath.join(spool, name)
            node = host.fs.node(path)
            if node is None or node.kind is not NodeKind.FILE or not re.fullmatch(r"[a-zA-Z=][0-9a-f]{8,}", name):
                continue
            owner, text = host.accounts.of_uid(node.uid), host.fs.text(path)
            if owner is None or text is None:
                continue
            says = f"is run by atd as {owner.name}"
            if node.mode & 0o022:  # another file in its place would be another owner's job
                yield table(path, KIND, "T1053.002", says, runner=owner.actor)
            yield Job(
                line="\n".join(text.lines),
                kind=KIND,
                technique="T1053.002",
                says=says,
                via=(Fact(path, f"has atd run it as {owner.name}", 1),),
                runner=owner.actor,
                cwd=owner.home,
            )


def _incron(host: Host) -> Iterator[Entry]:
    """incrontab(5): a path, events, the command; those of the system run as root."""
    for folder, system in (("/etc/incron.d", True), ("/var/spool/incron", False)):
        for name in host.fs.names(folder):
            path = posixpath.join(folder, name)
            text = host.fs.text(path)
            if text is None or name.startswith("."):
                continue
            runner = ROOT if system else host.accounts.actor(name)
            who = "root" if system else name
            yield table(path, KIND, TECHNIQUE, f"names what incrond runs as {who}", runner=runner)
            for number, line in text.numbered():
                parts = line.split(None, 2)
                if len(parts) == 3 and not line.lstrip().startswith("#"):
                    command = re.sub(r"\$[@#%&$]", "x", parts[2])
                    via = (Fact(path, f"has incrond run it as {who}", number),)
                    says = f"is run by incrond as {who}"
                    yield Job(line=command, kind=KIND, technique=TECHNIQUE, says=says, via=via, runner=runner)
        if system and host.fs.is_folder(folder):
            yield table(folder, KIND, TECHNIQUE, "holds tables that name what incrond runs as root", folder=True)
