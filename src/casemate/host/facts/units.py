"""Units of systemd: where they come from, what their settings are in the end, and which of them can run.

Sources: systemd.unit(5) for the folders and their order, links, masks and drop-ins; systemd.socket(5), systemd.timer(5),
systemd.path(5) for what starts what; systemd.special(7) for the targets. Settings that only a running machine has are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from casemate.host.facts.overriding import counting
from casemate.host.facts.unit_file import (
    Command,
    Value,
    assignments,
    commands,
    expanded,
    specifiers,
    truth,
    words,
)
from casemate.host.host import Host
from casemate.model.host import Fact, NodeKind

SYSTEM_FOLDERS: Final = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)
USER_FOLDERS: Final = (
    "/etc/systemd/user",
    "/run/systemd/user",
    "/usr/local/share/systemd/user",
    "/usr/share/systemd/user",
    "/usr/local/lib/systemd/user",
    "/usr/lib/systemd/user",
    "/lib/systemd/user",
)
SECTIONS: Final = {
    "service": "Service",
    "socket": "Socket",
    "timer": "Timer",
    "path": "Path",
    "mount": "Mount",
    "automount": "Automount",
    "swap": "Swap",
    "target": "Unit",
    "slice": "Slice",
    "scope": "Scope",
    "device": "Unit",
}
EXEC_KEYS: Final = (
    "ExecCondition",
    "ExecStartPre",
    "ExecStart",
    "ExecStartPost",
    "ExecReload",
    "ExecStop",
    "ExecStopPre",
    "ExecStopPost",
)
PULLS: Final = ("Wants", "Requires", "Requisite", "BindsTo", "Upholds", "OnFailure", "OnSuccess", "Sockets")
MAX_UNITS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its drop-ins applied. path: of its own file, as the folder names it; "" when it has only drop-ins.

    files: that path and the drop-ins, in the order in which they are read. shipped: its own file lies where packages put them.
    """

    name: str
    path: str
    files: tuple[str, ...]
    values: tuple[Value, ...]
    aliases: tuple[str, ...] = ()
    masked: bool = False
    user: bool = False

    @property
    def type(self) -> str:
        """What the name ends with: "service", "socket", …"""
        return self.name.rpartition(".")[2]

    @property
    def template(self) -> bool:
        """Whether it is only a pattern for instances."""
        return "@." in self.name

    @property
    def shipped(self) -> bool:
        """Whether its own file lies in a folder that belongs to the distribution's packages."""
        return self.path.startswith(("/usr/lib/", "/lib/", "/usr/share/"))

    def all(self, key: str, section: str = "") -> tuple[Value, ...]:
        """The assignments of a setting that is a list: an empty one takes back those before it."""
        section = section or SECTIONS.get(self.type, "")
        out: list[Value] = []
        for value in self.values:
            if value.key == key and value.section == section:
                if value.text:
                    out.append(value)
                else:
                    out.clear()
        return tuple(out)

    def last(self, key: str, section: str = "") -> Value | None:
        """The assignment of a setting that counts; None when the last one is empty, which means the default."""
        found = self.all(key, section)
        return found[-1] if found else None

    def on(self, key: str, section: str = "") -> bool:
        """Whether a setting is one of the words for yes."""
        value = self.last(key, section)
        return value is not None and truth(value.text)

    @property
    def serves(self) -> str:
        """The service that a socket starts (systemd.socket(5), Service=, Accept=)."""
        bare = self.name.rpartition(".")[0]
        return self.text("Service") or f"{bare}{'@' if self.on('Accept') else ''}.service"

    @property
    def meanings(self) -> dict[str, str]:
        """What its specifiers stand for."""
        return specifiers(self.name, self.path, user=self.user)

    def text(self, key: str, section: str = "") -> str:
        """A setting with its specifiers replaced, "" when it has the default."""
        value = self.last(key, section)
        return expanded(value.text, self.meanings) if value else ""

    def environment(self) -> Iterator[tuple[str, str, Value]]:
        """The variables that the unit itself sets, with the assignment; the later ones count."""
        for value in self.all("Environment"):
            for word in words(value.text):
                name, equals, rest = word.partition("=")
                if equals:
                    yield name, expanded(rest, self.meanings), value

    def commands(self, *keys: str, variables: Mapping[str, str] | None = None) -> Iterator[Command]:
        """Its command lines, of these settings or of all that name programs."""
        known = {name: text for name, text, _ in self.environment()} | dict(variables or {})
        for key in keys or EXEC_KEYS:
            for value in self.all(key):
                yield from commands(value, self.meanings, known)


@dataclass(frozen=True, slots=True)
class Units:
    """All units of one manager. active: those that can run, each with what starts it.

    folders: in which it looks, those that exist and those that could. dropped: the folders of drop-ins and of wants that
    exist, each with the unit that it is of.
    """

    units: Mapping[str, Unit] = field(default_factory=dict)
    active: Mapping[str, Fact] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()

    def named(self, name: str) -> Unit | None:
        """The unit of that name, or of that alias."""
        found = self.units.get(name)
        return found or next((u for u in self.units.values() if name in u.aliases), None)

    def running(self) -> Iterator[Unit]:
        """The units that can run, in the order of their names."""
        return (unit for name, unit in sorted(self.units.items()) if name in self.active and not unit.masked)


def units(host: Host) -> Units:
    """The units of the system's manager, which is root."""
    return _Search(host, SYSTEM_FOLDERS, user=False).units()


def user_units(host: Host) -> Units:
    """The units that every user's own manager has."""
    return _Search(host, USER_FOLDERS, user=True).units()


class _Search:
    """One pass over the folders of a manager."""

    def __init__(self, host: Host, folders: tuple[str, ...], *, user: bool) -> None:
        self.host, self.fs, self.user = host, host.fs, user
        self.folders: list[str] = []
        self.entries: dict[str, str] = {}  # name → path in the first folder that has it
        self.beside: dict[str, list[str]] = {}  # "x.service.d", "x.target.wants" → the folders of that name
        real: set[str] = set()
        for folder in folders:
            found = self.fs.node(folder)
            if found is not None and found.path in real:
                continue
            real.add(found.path if found is not None else folder)
            self.folders.append(folder)
            for name in self.fs.names(folder):
                if name.endswith((".d", ".wants", ".requires", ".upholds")):
                    self.beside.setdefault(name, []).append(f"{folder}/{name}")
                elif name.rpartition(".")[2] in SECTIONS and len(self.entries) < MAX_UNITS:
                    self.entries.setdefault(name, f"{folder}/{name}")
        self.alias_of = {name: to for name in self.entries if (to := self._target(name)) not in ("", name)}
        self.aliases: dict[str, list[str]] = {}
        for name in self.alias_of:
            self.aliases.setdefault(self.canonical(name), []).append(name)
        self.known: dict[str, Unit | None] = {}

    def units(self) -> Units:
        for name in self.entries:
            if name not in self.alias_of:
                self.load(name)
        for name in self.beside:
            bare, _, kind = name.rpartition(".")
            if kind == "d" and bare.rpartition(".")[2] in SECTIONS and "-." not in bare and "@." not in bare:
                self.load(self.canonical(bare))  # a unit that only a drop-in knows, such as a device's or a mount's
        active = self._active()
        dropped = tuple((path, name.rpartition(".")[0]) for name, paths in self.beside.items() for path in paths)
        loaded = {name: unit for name, unit in self.known.items() if unit is not None}
        return Units(loaded, active, tuple(self.folders), dropped)

    def canonical(self, name: str) -> str:
        for _ in range(8):  # an alias of an alias
            if name not in self.alias_of:
                break
            name = self.alias_of[name]
        return name

    def _target(self, name: str) -> str:
        """The unit that an entry is another name of, "" for none."""
        node = self.fs.at(self.entries[name]) or getattr(
            self.fs.resolve(self.entries[name], follow=False), "node", None
        )
        if node is None or node.kind is not NodeKind.LINK or node.target.rstrip("/") == "/dev/null":
            return ""
        to = node.target.rstrip("/").rpartition("/")[2]
        if to == name or to.rpartition(".")[2] != name.rpartition(".")[2] or to not in self.entries:
            return ""
        return "" if _template(name) == to else to

    def load(self, name: str) -> Unit | None:
        if name not in self.known and len(self.known) < MAX_UNITS:
            self.known[name] = self._load(name)
        return self.known.get(name)

    def _load(self, name: str) -> Unit | None:
        path = self.entries.get(name) or self.entries.get(_template(name), "")
        aliases = tuple(self.aliases.get(name, ()))
        if path and self._nothing(path):
            return Unit(name, path, (path,), (), aliases, masked=True, user=self.user)
        drops = self._dropins(name, aliases)
        if not path and not drops:
            return None
        files = ((path,) if path and self.fs.is_file(path) else ()) + drops
        values = tuple(value for file in files for value in assignments(self.host, file))
        return Unit(name, path, files, values, aliases, user=self.user)

    def _nothing(self, path: str) -> bool:
        """Whether the file is an empty one or a link to /dev/null: the unit is masked."""
        found = self.fs.resolve(path, follow=False)
        if found is None:
            return False
        target = found.node.target
        for _ in range(8):
            if target == "/dev/null":
                return True
            step = self.fs.at(target)
            if step is None or step.kind is not NodeKind.LINK:
                break
            target = step.target
        node = self.fs.node(path)
        return node is not None and (node.kind is NodeKind.DEVICE or (node.kind is NodeKind.FILE and not node.size))

    def _dropins(self, name: str, aliases: Iterable[str]) -> tuple[str, ...]:
        """Drop-ins in the order of their file names; of those with one name the first folder's counts."""
        chosen: dict[str, str] = {}
        for one in (name, *aliases):
            for folder in _levels(one):
                for place in self.beside.get(folder, ()):
                    for file in self.fs.names(place):
                        if file.endswith(".conf"):
                            chosen.setdefault(file, f"{place}/{file}")
        paths = (chosen[file] for file in sorted(chosen))
        return tuple(path for path in paths if self.fs.is_file(path) and not self._nothing(path))

    def _active(self) -> dict[str, Fact]:
        out: dict[str, Fact] = {}
        todo: list[tuple[str, Fact]] = []
        for name, path in self.entries.items():
            if name.endswith(".target"):
                todo.append((self.canonical(name), Fact(path, "is a state of the system that starts it")))
        for name, paths in self.beside.items():
            of, _, kind = name.rpartition(".")
            if kind != "d" and of.endswith((".target", ".device")):
                todo.append((self.canonical(of), Fact(paths[0], "names what it starts")))
        for path, unit in _activations(self.host, user=self.user):
            todo.append((self.canonical(unit), Fact(path, "lets D-Bus start it")))
        todo += [(self.canonical(unit), fact) for unit, fact in _devices(self.host) if not self.user]
        while todo and len(out) < MAX_UNITS:
            name, why = todo.pop()
            if name in out:
                continue
            out[name] = why
            loaded = self.load(name) or Unit(name, "", (), ())  # links may stand beside a target that is not there
            if not loaded.masked:
                todo += [(self.canonical(n), fact) for n, fact in self._pulled(loaded) if n not in out]
        return out

    def _pulled(self, unit: Unit) -> Iterator[tuple[str, Fact]]:
        """The units that one starts, each with what says so."""
        for one in (unit.name, *unit.aliases, _template(unit.name)):
            for kind in ("wants", "requires", "upholds"):
                for folder in self.beside.get(f"{one}.{kind}", ()) if one else ():
                    for name in self.fs.names(folder):
                        yield name, Fact(f"{folder}/{name}", f"makes {unit.name} start it")
        for key in PULLS:
            for value in (*unit.all(key, "Unit"), *(unit.all(key) if key == "Sockets" else ())):
                for name in value.text.split():
                    yield expanded(name, unit.meanings), Fact(value.path, f"makes {unit.name} start it", value.line)
        bare = unit.name.rpartition(".")[0]
        if unit.type in ("timer", "path"):
            to = unit.last("Unit")
            name = expanded(to.text, unit.meanings) if to else f"{bare}.service"
            yield name, Fact(to.path if to else unit.path, "starts it", to.line if to else 1)
        if unit.type == "socket":
            served = unit.last("Service")
            yield unit.serves, Fact(served.path if served else unit.path, "starts it", served.line if served else 1)
        if unit.type == "automount":
            yield f"{bare}.mount", Fact(unit.path, "mounts it")


def _levels(name: str) -> Iterator[str]:
    """The folders of drop-ins of a name, the nearest first: its own, its template's, its prefixes', its type's."""
    bare, _, kind = name.rpartition(".")
    yield f"{name}.d"
    prefix = bare
    if "@" in bare and _template(name) != name:
        yield f"{_template(name)}.d"
        prefix = bare.partition("@")[0]
    for _ in range(32):
        prefix, dash, _ = prefix.rstrip("-").rpartition("-")
        if not dash:
            break
        yield f"{prefix}-.{kind}.d"
    yield f"{kind}.d"


def _template(name: str) -> str:
    """The template of an instance; "" for what is none."""
    bare, _, kind = name.rpartition(".")
    prefix, at, _ = bare.partition("@")
    return f"{prefix}@.{kind}" if at else ""


def _devices(host: Host) -> Iterator[tuple[str, Fact]]:
    """The units that rules of udev start when a device comes (systemd.device(5), SYSTEMD_WANTS)."""
    for path in counting(host, "udev/rules.d", ".rules"):
        if path.startswith("/usr/lib/"):
            continue  # what packages bring
        text = host.fs.text(path)
        for number, line in text.numbered() if text else ():
            for found in re.finditer(r'SYSTEMD_WANTS\}\+?="([^"]{1,500})"', line):
                if not line.lstrip().startswith("#"):
                    yield from ((name, Fact(path, "starts it with a device", number)) for name in found[1].split())


def _activations(host: Host, *, user: bool) -> Iterator[tuple[str, str]]:
    """The activation files of D-Bus that start a unit, each with its name."""
    folder = "/usr/share/dbus-1/services" if user else "/usr/share/dbus-1/system-services"
    for path in host.fs.glob(f"{folder}/*.service"):
        for value in assignments(host, path):
            if value.key == "SystemdService" and value.section == "D-BUS Service":
                yield path, value.text


__all__ = ["EXEC_KEYS", "Unit", "Units", "units", "user_units"]
