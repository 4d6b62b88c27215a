"""A root as it would be with some fixes made: what a plan is judged by, before anybody changes anything.

Nothing is written. A file that has several names is changed under the one that a fix names. Changing an owner does not count on
the kernel's taking the set-user-ID bit away with it, and taking an entry from an access list leaves its mask as it is. A line
that goes leaves an empty one, so that the numbers of the others stay what they are in the root.

Fixes are made one after the other. Each may be made for the root as it is, or as the fixes before it leave it: a plan grows by
looking at the root again.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from casemate.host import capabilities
from casemate.host.filesystem import DATA_LIMIT, Filesystem, Read
from casemate.host.packages.versions import compare
from casemate.model.errors import UserError
from casemate.model.host import AclEntry, AclTag, Node, NodeKind
from casemate.model.host_fix import (
    AddLines,
    DropAcl,
    DropCapabilities,
    Fix,
    SetLine,
    SetMode,
    SetOwner,
    Upgrade,
)
from casemate.model.outcome import NotExamined, Reason
from casemate.model.package import Manager

DPKG_STATUS = "/var/lib/dpkg/status"

_ENTRY = re.compile(r"(?P<tag>[ug])(?:ser|roup)?:(?P<id>\d+):(?P<permits>[rwx-]{1,3}|[0-7])")
_SOURCE = re.compile(r"(?P<name>[^ ]+) \((?P<version>[^)]*)\)")
_FIELDS = ("Package", "Architecture", "Version", "Source")

_Fields = dict[str, tuple[int, str]]  # the number of a field's line, and its value


class DoesNotFit(UserError):
    """A fix was made for a root that looks otherwise."""


@dataclass(slots=True)
class _Edits:
    """What becomes of one file's lines. old: as they were, each with its end. now: as they are, the added ones behind them."""

    old: list[str]
    now: list[str]

    def content(self) -> bytes:
        return "".join(self.now).encode("utf-8", "surrogateescape")

    def set(self, number: int, text: str | None) -> None:
        line = self.now[number - 1]
        self.now[number - 1] = (text or "") + line[len(_bare(line)) :]

    def add(self, lines: Iterable[str]) -> None:
        if self.now and not self.now[-1].endswith("\n"):
            self.now[-1] += "\n"
        self.now += [f"{line}\n" for line in lines]


class Overlay:
    """A root with fixes made: `ports.RootFilesystem`, whose nodes were walked already. nodes: of the root, with what was not
    examined."""

    def __init__(self, name: str, nodes: Iterable[Node | NotExamined], read: Read, fixes: Iterable[Fix]) -> None:
        """Raises DoesNotFit when the root is not what a fix was made for."""
        self.name = name
        seen = list(nodes)
        self._losses = [loss for loss in seen if isinstance(loss, NotExamined)]
        self._old = Filesystem((node for node in seen if isinstance(node, Node)), read)
        self._read = read
        self._nodes = {node.path: node for node in self._old.nodes()}
        self._edits: dict[str, _Edits] = {}
        self._contents: dict[str, bytes] = {}
        self._packages: dict[str, dict[str, list[_Fields]]] = {}  # by the file's path
        for fix in dict.fromkeys(fixes):
            self._apply(fix)
        for path, edits in self._edits.items():
            self._contents[path] = edits.content()
            self._nodes[path] = replace(self._nodes[path], size=len(self._contents[path]))

    def nodes(self) -> Iterator[Node | NotExamined]:
        """Every node in byte order of path, and what was not examined, a fix that cannot be judged among it."""
        everything: list[Node | NotExamined] = [*self._nodes.values(), *self._losses]
        everything.sort(key=lambda seen: seen.path if isinstance(seen, Node) else seen.what)
        return iter(everything)

    def read(self, node: Node, limit: int) -> bytes | NotExamined:
        """The first `limit` bytes of a file, as they would be."""
        content = self._contents.get(node.path)
        return content[:limit] if content is not None else self._read(node, limit)

    def _apply(self, fix: Fix) -> None:
        match fix:
            case SetMode():
                self._mode(fix)
            case SetOwner():
                self._owner(fix)
            case SetLine():
                self._line(fix)
            case AddLines():
                self._file(fix.path).add(fix.lines)
            case DropCapabilities():
                self._capabilities(fix)
            case DropAcl():
                self._acl(fix)
            case Upgrade():
                self._upgrade(fix)

    def _node(self, path: str) -> Node:
        """The node that a fix is about: through links, as chmod(1) and an editor go."""
        found = self._old.node(path)
        node = self._nodes.get(found.path if found else path)
        if node is None:
            raise _unfit(path, "is not there")
        return node

    def _mode(self, fix: SetMode) -> None:
        node = self._node(fix.path)
        first = self._old.at(node.path)
        if fix.was not in (node.mode, first.mode if first else -1):
            raise _unfit(fix.path, f"has the mode {node.mode:04o}, not {fix.was:04o}")
        # Of two fixes for one path, each made for what it is now, both take away what they want away.
        mode = node.mode & ~(fix.was & ~fix.to) | (fix.to & ~fix.was)
        acl = node.acl
        if acl is not None:  # chmod(2): the group's bits are the mask (acl(5))
            bits = {AclTag.OWNER: mode >> 6 & 7, AclTag.MASK: mode >> 3 & 7, AclTag.OTHER: mode & 7}
            if not any(entry.tag is AclTag.MASK for entry in acl):
                bits[AclTag.OWNING_GROUP] = bits.pop(AclTag.MASK)
            acl = tuple(replace(entry, permits=bits.get(entry.tag, entry.permits)) for entry in acl)
        self._nodes[node.path] = replace(node, mode=mode, acl=acl)

    def _capabilities(self, fix: DropCapabilities) -> None:
        node = self._node(fix.path)
        first = self._old.at(node.path)
        known = [held.capabilities for held in (node, first) if held is not None and held.capabilities is not None]
        if not known or (fix.was and capabilities.read(fix.was) not in known):  # "": as an operator writes it
            now = capabilities.written(known[0]) if known else "no capabilities"
            raise _unfit(fix.path, f"has {now}, not {fix.was or 'any'}")
        self._nodes[node.path] = replace(node, capabilities=None)

    def _owner(self, fix: SetOwner) -> None:
        node = self._node(fix.path)
        first = self._old.at(node.path)
        if fix.to == (node.uid, node.gid) and first is not None and fix.was == (first.uid, first.gid):
            return
        if fix.was != (node.uid, node.gid):
            raise _unfit(fix.path, f"belongs to {node.uid}:{node.gid}, not to {fix.was[0]}:{fix.was[1]}")
        self._nodes[node.path] = replace(node, uid=fix.to[0], gid=fix.to[1])

    def _acl(self, fix: DropAcl) -> None:
        node = self._node(fix.path)
        entry = _entry(fix.entry)
        first = self._old.at(node.path)
        listed = [entry for held in (node, first) if held is not None for entry in held.acl or ()]
        if entry is None or entry not in listed:
            raise _unfit(fix.path, f"has no entry {fix.entry!r} in its access list")
        self._nodes[node.path] = replace(node, acl=tuple(kept for kept in node.acl or () if kept != entry))

    def _line(self, fix: SetLine) -> None:
        edits = self._file(fix.path, existing=True)
        if not 1 <= fix.line <= len(edits.now):
            raise _unfit(fix.path, f"has {len(edits.now)} lines: there is no line {fix.line}")
        now = _bare(edits.now[fix.line - 1])
        old = _bare(edits.old[fix.line - 1]) if fix.line <= len(edits.old) else now
        if now == fix.was:
            edits.set(fix.line, fix.to)
        elif old != fix.was:
            raise _unfit(f"{fix.path}:{fix.line}", f"is {_short(now)}, not {_short(fix.was)}")
        elif now != (fix.to or ""):
            raise _unfit(f"{fix.path}:{fix.line}", "is changed in two ways")

    def _upgrade(self, fix: Upgrade) -> None:
        if fix.manager != "dpkg":
            what = f"{fix.package} ({fix.manager})"
            detail = f"what its version {fix.to} changes: only packages of dpkg can be judged as upgraded"
            self._losses.append(NotExamined(what=what, reason=Reason.NOT_UNDERSTOOD, detail=detail))
            return
        changed = [self._upgraded(path, fix) for path in self._databases()]
        if not any(changed):
            raise _unfit(DPKG_STATUS, f"has no package {fix.package} in version {fix.was}")

    def _databases(self) -> list[str]:
        """dpkg's files: one, or one for each package in images without dpkg."""
        apart = [f"{DPKG_STATUS}.d/{name}" for name in self._old.names(f"{DPKG_STATUS}.d")]
        return [path for path in (DPKG_STATUS, *apart) if self._old.is_file(path) and not path.endswith(".md5sums")]

    def _upgraded(self, path: str, fix: Upgrade) -> bool:
        """Change a package's version where it is the one that is meant."""
        edits = self._file(path, existing=True)
        if path not in self._packages:
            self._packages[path] = _packages(edits.old)
        name, _, architecture = fix.package.partition(":")
        changed = False
        for fields in self._packages[path].get(name, ()):
            if architecture and fields.get("Architecture", (0, ""))[1] != architecture:
                continue
            number, version = fields["Version"]
            now = edits.now[number - 1].partition(":")[2].strip()
            at, source = fields.get("Source", (0, ""))
            own = _SOURCE.fullmatch(source)
            if fix.was not in (now, version, own["version"] if own else version):
                continue
            changed = True
            if now != version and compare(Manager.DPKG, fix.to, now) < 0:
                continue  # another fix asks for a later one
            edits.set(number, f"Version: {fix.to}")
            if own:  # a source package's version stands apart only where it is another one
                edits.set(at, f"Source: {own['name']}")
        return changed

    def _file(self, path: str, *, existing: bool = False) -> _Edits:
        """The lines of a file, which is made if it may be."""
        route = self._old.route(path)
        node = route.node
        if node is None and not existing:
            node = self._made(path)
        if node is None or node.kind is not NodeKind.FILE:
            raise _unfit(path, "is no file")
        if node.path not in self._edits:
            lines = self._lines(node)
            self._edits[node.path] = _Edits(lines, lines.copy())
        return self._edits[node.path]

    def _made(self, path: str) -> Node:
        """A new file, with the folders that it needs, where the path leads through links."""
        above, _, name = path.rpartition("/")
        found = self._old.node(above or "/")
        if found is not None and found.kind is not NodeKind.FOLDER:
            raise _unfit(above, "is no folder")
        folder = found.path if found else self._made_folder(above)
        place = posixpath.join(folder, name)
        return self._nodes.setdefault(place, Node(place, NodeKind.FILE, 0o644, 0, 0))

    def _made_folder(self, path: str) -> str:
        missing = [path]
        while (found := self._old.node(posixpath.dirname(missing[-1]))) is None:
            if missing[-1] == "/":
                raise _unfit(path, "is not there, nor is a folder above it")
            missing.append(posixpath.dirname(missing[-1]))
        place = found.path
        for folder in reversed(missing):
            place = posixpath.join(place, posixpath.basename(folder))
            if self._nodes.setdefault(place, Node(place, NodeKind.FOLDER, 0o755, 0, 0)).kind is not NodeKind.FOLDER:
                raise _unfit(place, "is no folder")
        return place

    def _lines(self, node: Node) -> list[str]:
        if self._old.at(node.path) is None:
            return []
        data = self._read(node, DATA_LIMIT) if node.size <= DATA_LIMIT else f"has {node.size} bytes"
        if not isinstance(data, bytes):
            raise _unfit(node.path, data if isinstance(data, str) else f"cannot be read: {data.detail}")
        return re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8", "surrogateescape"))


def _entry(text: str) -> AclEntry | None:
    found = _ENTRY.fullmatch(text)
    if found is None:
        return None
    digits = found["permits"]
    permits = int(digits) if digits.isdecimal() else sum({"r": 4, "w": 2, "x": 1}.get(sign, 0) for sign in digits)
    return AclEntry(AclTag.USER if found["tag"] == "u" else AclTag.GROUP, permits, int(found["id"]))


def _packages(lines: list[str]) -> dict[str, list[_Fields]]:
    """The paragraphs of dpkg's status file (deb822(5)), by the name of the package: one for each architecture."""
    out: dict[str, list[_Fields]] = {}
    fields: _Fields = {}
    for number, line in enumerate([*lines, ""], 1):
        if line.strip():
            key, colon, value = line.partition(":")
            if colon and key in _FIELDS:
                fields[key] = (number, value.strip())
        elif fields:
            if "Package" in fields and "Version" in fields:
                out.setdefault(fields["Package"][1], []).append(fields)
            fields = {}
    return out


def _bare(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")


def _unfit(what: str, why: str) -> DoesNotFit:
    return DoesNotFit(f"{what} {why}", next_step="examine the host again: the plan was made for another state of it")
