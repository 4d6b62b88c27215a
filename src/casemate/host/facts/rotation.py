"""What logrotate does as root, and what it is told to run: logrotate(8)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from casemate.host.facts.job import Entry, Job, table
from casemate.host.filesystem import Text
from casemate.host.host import Host
from casemate.model.host import Fact

KIND, TECHNIQUE = "log-rotation", "T1053.003"
MAIN: Final = "/etc/logrotate.conf"
MAX_FILES: Final = 500
SCRIPTS: Final = ("prerotate", "postrotate", "firstaction", "lastaction", "preremove")
PROGRAMS: Final = ("compresscmd", "uncompresscmd", "shredcmd", "mailcmd")
TABOO: Final = (  # logrotate(8), tabooext
    ",v .bak .cfsaved .disabled .dpkg-bak .dpkg-del .dpkg-dist .dpkg-new .dpkg-old .dpkg-tmp .rhn-cfg-tmp-* .rpmnew .rpmorig "
    ".rpmsave .swp .ucf-dist .ucf-new .ucf-old ~"
)


@dataclass(frozen=True, slots=True)
class Rotated:
    """Logs that one entry is about. patterns: of files. user: of `su`, "" for root. makes: new files are made in their place."""

    path: str
    line: int
    patterns: tuple[str, ...]
    user: str
    makes: bool


@dataclass(frozen=True, slots=True)
class Rotation:
    """All of it. entries: what is run and trusted."""

    rotated: tuple[Rotated, ...]
    entries: tuple[Entry, ...]


def by_whom(host: Host) -> tuple[Fact, ...]:
    """The job that runs logrotate."""
    for path in ("/etc/cron.daily/logrotate", "/etc/cron.hourly/logrotate", "/etc/periodic/daily/logrotate"):
        if host.fs.is_file(path):
            return (Fact(path, "runs logrotate as root"),)
    for folder in ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"):
        if host.fs.is_file(f"{folder}/logrotate.service"):
            return (Fact(f"{folder}/logrotate.service", "runs logrotate as root"),)
    return ()


def rotation(host: Host) -> Rotation:
    """The configuration of logrotate, its includes among it."""
    reader = _Reader(host)
    reader.file(MAIN, 0)
    return Rotation(tuple(reader.rotated), tuple(reader.entries))


class _Reader:
    def __init__(self, host: Host) -> None:
        self.host = host
        self.via = by_whom(host)
        self.rotated: list[Rotated] = []
        self.entries: list[Entry] = []
        self.seen: set[str] = set()
        self.user, self.makes = "", False

    def file(self, path: str, depth: int) -> None:
        text = self.host.fs.text(path)
        if text is None or text.path in self.seen or depth > 8 or len(self.seen) > MAX_FILES:
            return
        self.seen.add(text.path)
        says = "tells logrotate what to run and to make (logrotate itself passes over a file that others can write to or own)"
        self.entries.append(table(text.path, KIND, TECHNIQUE, says, via=self.via, sure=False))
        self._lines(text, depth)

    def _include(self, path: str, depth: int) -> None:
        if not self.host.fs.is_folder(path):
            self.file(path, depth + 1)
            return
        self.entries.append(
            table(
                path, KIND, TECHNIQUE, "holds what tells logrotate what to run", via=self.via, folder=True, sure=False
            )
        )
        for name in self.host.fs.names(path):
            if not name.startswith(".") and not name.endswith(tuple(TABOO.split())):
                self.file(posixpath.join(path, name), depth + 1)

    def _lines(self, text: Text, depth: int) -> None:
        names: list[str] = []
        start, inside = 0, False
        user, makes = self.user, self.makes
        script: list[str] | None = None
        at = 0
        for number, raw in text.numbered():
            line = raw.strip()
            if script is not None:
                if line == "endscript":
                    self._script(text.path, at, "\n".join(script), user if inside else self.user)
                    script = None
                else:
                    script.append(raw)
                continue
            if not line or line.startswith("#"):
                continue
            word, _, rest = line.partition(" ") if " " in line else line.partition("\t")
            if not inside and (line.endswith("{") or line[0] in "/\"'*~"):
                start = start or number
                names += _names(line)
                if "{" in line:
                    inside, user, makes = True, self.user, self.makes
            elif line == "{":
                inside, user, makes = True, self.user, self.makes
            elif line.startswith("}"):
                self.rotated.append(Rotated(text.path, start or number, tuple(names[:100]), user, makes))
                names, start, inside = [], 0, False
            elif word in SCRIPTS:
                script, at = [], number
            elif word == "include":
                self._include(rest.strip().strip("\"'"), depth)
            elif word == "su":
                user = rest.split()[0] if rest.split() else ""
                self.user = self.user if inside else user
            elif word in ("create", "createolddir", "nocreate"):
                makes = word != "nocreate"
                self.makes = self.makes if inside else makes
            elif word in PROGRAMS:
                self._script(text.path, number, rest.strip(), user)

    def _script(self, path: str, line: int, body: str, user: str) -> None:
        who = user or "root"
        self.entries.append(
            Job(
                line=body,
                kind=KIND,
                technique=TECHNIQUE,
                says=f"is run by logrotate as {who}",
                via=(Fact(path, f"has logrotate run it as {who}", line), *self.via),
                runner=self.host.accounts.actor(who),
            )
        )


def _names(line: str) -> list[str]:
    found = re.finditer(r'"([^"]{1,400})"|\'([^\']{1,400})\'|([^\s{]{1,400})', line.split("{", maxsplit=1)[0])
    return [next(part for part in match.groups() if part) for match in found]


def folders(host: Host, entry: Rotated) -> Iterator[str]:
    """The folders that hold an entry's logs."""
    for pattern in entry.patterns:
        above = posixpath.dirname(pattern)
        if above.startswith("/"):
            yield from host.fs.glob(above) if re.search(r"[*?\[]", above) else (above,)
