"""The live machine, or a folder that holds a host's file system, as `ports.RootFilesystem`.

The tree may belong to somebody hostile and may change while we look. Every folder is opened relative to the one above it, so
no link is ever followed; what is no folder is looked at without being opened, and only regular files are read.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from casemate.adapters.filenames import original, shown
from casemate.adapters.roots import mounts
from casemate.adapters.roots.attributes import Attributes, attributes
from casemate.adapters.roots.identity import machine_identity
from casemate.adapters.walk import OPEN_FOLDER, failure
from casemate.adapters.walk import kind as called
from casemate.model.errors import UserError
from casemate.model.host import Node, NodeKind
from casemate.model.outcome import NotExamined, Reason

MAX_NODES = 5_000_000
MAX_DEPTH = 200  # folders below one another; each costs an open descriptor while the walk is in it

_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_DESCRIPTORS = "/proc/self/fd"
_UNSUPPORTED = (errno.ENOTSUP, errno.ENODATA, errno.ENOSYS)
_NOTHING = Attributes()
_KINDS = {
    stat.S_IFREG: NodeKind.FILE,
    stat.S_IFDIR: NodeKind.FOLDER,
    stat.S_IFLNK: NodeKind.LINK,
    stat.S_IFIFO: NodeKind.FIFO,
    stat.S_IFSOCK: NodeKind.SOCKET,
}


class NoRoot(UserError):
    """What the operator named holds no file system that can be looked at."""


class FolderRoot:
    """The nodes below a folder: `/` for the machine that we run on. max_nodes: after so many the walk ends, and says so."""

    def __init__(self, place: Path, *, max_nodes: int = MAX_NODES) -> None:
        """Raises NoRoot."""
        try:
            self.place = str(place.resolve(strict=True))
            os.close(os.open(self.place, OPEN_FOLDER))
        except (
            OSError,
            RuntimeError,
        ) as error:  # RuntimeError: what pathlib makes of links in a circle, until Python 3.13
            why = error.strerror if isinstance(error, OSError) else os.strerror(errno.ELOOP)
            raise NoRoot(
                f"cannot look at the folder {shown(str(place))!r}: {why}",
                next_step="name the folder in which etc, usr and var of the host lie",
            ) from error
        self._name = shown(place.name if place.name not in ("", "..") else Path(self.place).name) or "/"
        self._max_nodes = max_nodes
        self._bounded = False
        self._last: tuple[str, int] | None = None  # the folder last read from, and its descriptor

    @property
    def name(self) -> str:
        """The last component of the root's path."""
        return self._name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the descriptor that is kept between reads. The root can still be used."""
        if self._last is not None:
            os.close(self._last[1])
            self._last = None

    def bound(self) -> None:
        """Stay within one file system: what is mounted below the root is not examined. The running machine is
        one whole."""
        self._bounded = self.place != "/"

    def marks(self) -> frozenset[str]:
        """What a charter may name it by: of the machine that we run on, its identity."""
        identity = machine_identity() if self.place == "/" else ""
        return frozenset((f"host:{identity}",)) if identity else frozenset()

    def nodes(self) -> Iterator[Node | NotExamined]:
        """Every node, in byte order of path. The running machine's own views, such as /proc, are left out, and so is what lies
        on other machines."""
        walk = _Walk(self.place, self._max_nodes, bounded=self._bounded)
        walk.run()
        seen = walk.seen
        seen.sort(key=lambda found: found.path if isinstance(found, Node) else found.what)
        return iter(seen)

    def read(self, node: Node, limit: int) -> bytes | NotExamined:
        """The first `limit` bytes of a regular file; NotExamined when it cannot be read, or is no regular file any more."""
        try:
            descriptor = self._open(node.path)
        except OSError as error:
            return failure(node.path, error)
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                return NotExamined(what=node.path, reason=Reason.VANISHED, detail=f"a {called(mode)} took its place")
            return _read(descriptor, limit)
        except OSError as error:
            return failure(node.path, error)
        finally:
            os.close(descriptor)

    def _open(self, path: str) -> int:
        folder, _, name = path.rpartition("/")
        if self._last is None or self._last[0] != folder:
            opened = self._open_folder(folder)
            self.close()
            self._last = (folder, opened)
        return os.open(original(name), _OPEN_FILE, dir_fd=self._last[1])

    def _open_folder(self, path: str) -> int:
        """One component at a time: O_NOFOLLOW speaks of the last component only."""
        descriptor = os.open(self.place, OPEN_FOLDER)
        for name in path.split("/")[1:]:
            try:
                below = os.open(original(name), OPEN_FOLDER, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = below
        return descriptor


class _Folder(NamedTuple):
    """A folder seen, not opened. name: as the operating system knows it. prefix: its path with a slash at the end."""

    name: str
    prefix: str
    identity: tuple[int, int]


class _Level(NamedTuple):
    """A folder that the walk is in. below: those in it that are still to be walked."""

    descriptor: int
    identity: tuple[int, int]
    below: list[_Folder]


class _Walk:
    """One walk over a folder. place: absolute, free of links. seen: what it has come to, in no order."""

    def __init__(self, place: str, max_nodes: int, *, bounded: bool) -> None:
        self.seen: list[Node | NotExamined] = []
        self._place = place
        self._max_nodes = max_nodes
        self._levels: list[_Level] = []
        self._within: set[tuple[int, int]] = set()  # the folders that the walk is in
        skipped = mounts.skipped(place)
        self._no_table = skipped is None
        self._skipped = {**(skipped or {}), **(mounts.foreign(place) if bounded else {})}
        self._has_attributes = os.path.isdir(_DESCRIPTORS)  # noqa: PTH112 not of the root

    def run(self) -> None:
        if not self._has_attributes:
            self._lose("/", Reason.UNREADABLE, "access lists and file capabilities: /proc is not mounted here")
        try:
            self._root()
            while self._levels:
                level = self._levels[-1]
                if len(self.seen) > self._max_nodes:
                    del self.seen[self._max_nodes :]
                    self._lose("/", Reason.STEP_LIMIT, f"more than {self._max_nodes} files and folders")
                    return
                if level.below:
                    self._enter(level.below.pop())
                else:
                    self._levels.pop()
                    self._within.discard(level.identity)
                    os.close(level.descriptor)
        finally:
            for level in self._levels:
                os.close(level.descriptor)

    def _lose(self, path: str, reason: Reason, detail: str, *, deliberate: bool = False) -> None:
        self.seen.append(NotExamined(what=path, reason=reason, detail=detail, deliberate=deliberate))

    def _root(self) -> None:
        try:
            descriptor = os.open(self._place, OPEN_FOLDER)
        except OSError as error:
            self.seen.append(failure("/", error))
            return
        status = os.fstat(descriptor)
        self._node("/", status, f"{_DESCRIPTORS}/{descriptor}/.", "")
        self._list(descriptor, _Folder(self._place, "/", (status.st_dev, status.st_ino)))

    def _enter(self, folder: _Folder) -> None:
        path = folder.prefix[:-1]
        above = self._levels[-1]
        if folder.identity in self._within:
            self._lose(path, Reason.EXCLUDED, "a folder that it is in is mounted here again", deliberate=True)
        elif self._no_table and folder.identity[0] != above.identity[0]:
            self._lose(path, Reason.UNREADABLE, "another file system: there is no mount table that says which")
        elif len(self._levels) > MAX_DEPTH:
            self._lose(path, Reason.TOO_DEEP, f"more than {MAX_DEPTH} folders deep")
        else:
            try:
                descriptor = os.open(folder.name, OPEN_FOLDER, dir_fd=above.descriptor)
            except OSError as error:
                self.seen.append(failure(path, error))
                return
            status = os.fstat(descriptor)
            if (status.st_dev, status.st_ino) != folder.identity:
                os.close(descriptor)
                self._lose(path, Reason.VANISHED, "another folder took its place")
            else:
                self._list(descriptor, folder)

    def _list(self, descriptor: int, folder: _Folder) -> None:
        """What is in a folder; then the walk is in it."""
        level = _Level(descriptor, folder.identity, [])
        self._levels.append(level)
        self._within.add(folder.identity)
        through = f"{_DESCRIPTORS}/{descriptor}/"
        path = folder.prefix[:-1]
        only = mounts.ENTERED.get(path) if path in self._skipped else None
        try:
            with os.scandir(descriptor) as entries:
                for entry in entries:
                    if only and entry.name != only:
                        continue
                    self._entry(entry, level, folder.prefix + shown(entry.name), through + entry.name)
                    if len(self.seen) > self._max_nodes:
                        break
        except OSError as error:
            self.seen.append(failure(path or "/", error))

    def _entry(self, entry: os.DirEntry[str], level: _Level, path: str, through: str) -> None:
        skip = self._skipped.get(path)
        if skip is not None:
            reason = Reason.DENIED if skip.foreign else Reason.EXCLUDED
            self._lose(path, reason, skip.why, deliberate=not skip.foreign)
            if not skip.near:
                return
        target = ""
        try:
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                target = os.readlink(entry.name, dir_fd=level.descriptor)
        except OSError as error:
            self.seen.append(failure(path, error))
            return
        if stat.S_ISDIR(status.st_mode) and (skip is None or path in mounts.ENTERED):
            level.below.append(_Folder(entry.name, path + "/", (status.st_dev, status.st_ino)))
        self._node(path, status, through, target)

    def _node(self, path: str, status: os.stat_result, through: str, target: str) -> None:
        mode = status.st_mode
        kind = _KINDS.get(stat.S_IFMT(mode), NodeKind.DEVICE)
        file = kind is NodeKind.FILE
        known = self._attributes(path, through) if kind is not NodeKind.LINK and self._has_attributes else _NOTHING
        self.seen.append(
            Node(
                path,
                kind,
                mode & 0o7777,
                status.st_uid,
                status.st_gid,
                status.st_size if file else 0,  # what a folder's or link's size is depends on the file system
                status.st_nlink if file else 1,
                shown(target),
                known.acl,
                known.capabilities,
            )
        )

    def _attributes(self, path: str, through: str) -> Attributes:
        try:
            names = os.listxattr(through, follow_symlinks=False)
            if names:
                return attributes(names, lambda name: os.getxattr(through, name, follow_symlinks=False))
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                self.seen.append(failure(path, error))
        except ValueError as error:
            self._lose(path, Reason.NOT_UNDERSTOOD, str(error))
        return _NOTHING


def _read(descriptor: int, limit: int) -> bytes:
    """At most `limit` bytes. One call is enough for a regular file that does not change."""
    content = os.read(descriptor, limit)
    while 0 < len(content) < limit and (more := os.read(descriptor, limit - len(content))):
        content += more
    return content
