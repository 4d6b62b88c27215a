"""The system bus: who may own which name and send to whom, and which services it starts (dbus-daemon(1)).

The files are XML of others. They are read with expat, which calls back for each element: nothing of it nests, and a file that
declares an entity is refused, so that none can grow or name another file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from casemate.host.facts.unit_file import assignments, words
from casemate.host.host import Host
from casemate.model.outcome import NotExamined, Reason

STANDARD: Final = (
    "/usr/share/dbus-1/system.conf",
    "/usr/share/dbus-1/system.d/*.conf",
    "/etc/dbus-1/system.conf",
    "/etc/dbus-1/system.d/*.conf",
    "/etc/dbus-1/system-local.conf",
)
SERVICE_FOLDERS: Final = (
    "/etc/dbus-1/system-services",
    "/run/dbus-1/system-services",
    "/usr/local/share/dbus-1/system-services",
    "/usr/share/dbus-1/system-services",
    "/lib/dbus-1/system-services",
)
LIMIT: Final = 1 << 20
MAX_FILES: Final = 1000
MAX_RULES: Final = 20_000


@dataclass(frozen=True, slots=True)
class BusRule:
    """An <allow> or <deny>. context: "default", "mandatory", "user:NAME", "group:NAME", "console". says: its attributes."""

    path: str
    line: int
    context: str
    allow: bool
    says: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """An attribute; "" when it is not there."""
        return dict(self.says).get(name, "")

    @property
    def everybody(self) -> bool:
        """Whether it is for all who are on the bus."""
        return self.context in ("default", "mandatory", "user:*", "group:*")


@dataclass(frozen=True, slots=True)
class BusService:
    """An activation file. unit: of systemd that is started in place of the command, "" for none."""

    path: str
    name: str
    exec: str
    exec_line: int
    user: str
    unit: str


def bus_rules(host: Host) -> tuple[BusRule, ...]:
    """All rules of the system bus in the order in which they are read, included files among them."""
    todo = [path for pattern in STANDARD for path in host.fs.glob(pattern)]
    done: set[str] = set()
    out: list[BusRule] = []
    while todo and len(done) < MAX_FILES and len(out) < MAX_RULES:
        path = todo.pop(0)
        node = host.fs.node(path)
        if node is None or node.path in done:
            continue
        done.add(node.path)
        reader = _Reader(path)
        data = host.fs.data(path, LIMIT)
        if data is None:
            continue
        why = reader.read(data)
        if why:
            host.odd(path, reader.line, why)
        out += reader.rules
        for kind, text in reader.includes:
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), text.strip()))
            todo += host.fs.glob(f"{place}/*.conf") if kind == "includedir" else [place]
    if todo:
        detail = f"more than {MAX_FILES} files or {MAX_RULES} rules of the system bus: the rest is not looked at"
        host.fs.lose(NotExamined(what=todo[0], reason=Reason.STEP_LIMIT, detail=detail))
    return tuple(out)


def bus_services(host: Host) -> tuple[BusService, ...]:
    """The services that the system bus starts."""
    out: list[BusService] = []
    for folder in SERVICE_FOLDERS:
        for path in host.fs.glob(f"{folder}/*.service"):
            told = {value.key: value for value in assignments(host, path) if value.section == "D-BUS Service"}
            text = {key: value.text for key, value in told.items()}
            line = told["Exec"].line if "Exec" in told else 1
            out.append(
                BusService(
                    path,
                    text.get("Name", ""),
                    " ".join(words(text.get("Exec", ""))),
                    line,
                    text.get("User", "root"),
                    text.get("SystemdService", ""),
                )
            )
    return tuple(out)


class _RefusedError(Exception):
    pass


class _Reader:
    """One file. includes: ("include" or "includedir", path)."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.rules: list[BusRule] = []
        self.includes: list[tuple[str, str]] = []
        self.line = 1
        self._context = ""
        self._inside = ""
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._entity

    def read(self, data: bytes) -> str:
        """Read it all; why not, or ""."""
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            self.line = max(1, error.lineno)
            return f"no XML: {expat.errors.messages.get(error.code, 'broken')}"
        except _RefusedError as error:
            self.line = self._parser.CurrentLineNumber
            return str(error)
        except ValueError:  # an encoding that Python does not know
            return "no XML of a known encoding"
        return ""

    def _entity(self, *_: object) -> None:
        raise _RefusedError("it declares entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "policy":
            self._context = next(_contexts(attributes), "")
        elif name in ("allow", "deny") and self._context:
            if len(self.rules) >= MAX_RULES:
                raise _RefusedError("more rules than are read")
            line = self._parser.CurrentLineNumber
            self.rules.append(BusRule(self.path, line, self._context, name == "allow", tuple(attributes.items())))
        elif name in ("include", "includedir"):
            self._inside, self._text = name, []

    def _characters(self, text: str) -> None:
        if self._inside:
            self._text.append(text)

    def _end(self, name: str) -> None:
        if name == "policy":
            self._context = ""
        elif name == self._inside:
            if len(self.includes) < MAX_FILES:
                self.includes.append((name, "".join(self._text)))
            self._inside = ""


def _contexts(attributes: dict[str, str]) -> Iterator[str]:
    if attributes.get("context") in ("default", "mandatory"):
        yield attributes["context"]
    for key in ("user", "group"):
        if key in attributes:
            yield f"{key}:{attributes[key]}"
    if "at_console" in attributes:
        yield "console"
