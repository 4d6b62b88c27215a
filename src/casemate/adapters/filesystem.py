"""A target on this machine's file system, read-only: `ports.SourceTree` over a folder or a single file.

The tree belongs to somebody who may be hostile, and may change while we look. Below the root no link is followed; only
regular files are opened, without waiting, and looked at again once open.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from casemate.adapters.filenames import original, shown
from casemate.adapters.walk import OPEN_FOLDER, Bounds, failure, kind, reaches, walk
from casemate.model.errors import UserError
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import SourceFile
from casemate.targets.selection import MAX_SIZE

_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class TargetNotFound(UserError):
    """The path that the operator named leads to nothing that can be looked at."""


class FileTree:
    """The files below a root, or one file. The root itself may be named through links.

    root: as the operator named it. place: where that is, absolute and free of links.
    """

    def __init__(self, root: Path) -> None:
        """Raises TargetNotFound."""
        self.root = root
        try:
            self.place = root.resolve(strict=True)
            self._is_folder = stat.S_ISDIR(self.place.stat().st_mode)
        except OSError as error:
            why = error.strerror
        except RuntimeError:  # what pathlib makes of links in a circle, until Python 3.13
            why = os.strerror(errno.ELOOP)
        else:
            self._name = shown(root.name if root.name not in ("", "..") else self.place.name) or "/"
            self._last: tuple[str, int] | None = None  # the folder last read from, and its descriptor
            self._named: set[str] = set()  # files in it that the operator named as well
            self._bounds: Bounds | None = None
            return
        raise TargetNotFound(
            f"cannot look at {shown(str(root))!r}: {why}", next_step="check the path and its permissions"
        )

    @property
    def name(self) -> str:
        """The last component of the root's path, for reports."""
        return self._name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the descriptor that is kept between reads. The tree can still be used."""
        if self._last is not None:
            os.close(self._last[1])
            self._last = None

    def bound(self) -> None:
        """Stay within one file system and one repository: what is mounted below the root, and a repository within it, is somebody
        else's and not examined."""
        self._bounds = Bounds.around(str(self.place))

    def walk(self) -> Iterator[SourceFile | NotExamined]:
        """Every regular file, in byte order of path; what cannot be looked at, and what is skipped, as NotExamined."""
        return self._walk() if self._is_folder else iter([self._single()])

    def reaches(self, place: Path) -> bool:
        """Whether the walk comes to what is at a place below the root."""
        return self._is_folder and reaches(self.place, place)

    def name_file(self, place: Path) -> None:
        """The operator named this place below the root as well: if it is a file, it is a source whatever its name."""
        self._named.add(shown(str(place.relative_to(self.place))))

    def _walk(self) -> Iterator[SourceFile | NotExamined]:
        for seen in walk(str(self.place), bounds=self._bounds):
            yield replace(seen, named=True) if isinstance(seen, SourceFile) and seen.path in self._named else seen

    def _single(self) -> SourceFile | NotExamined:
        try:
            status = self.place.stat(follow_symlinks=False)
        except OSError as error:
            return failure(self._name, error)
        if not stat.S_ISREG(status.st_mode):
            return NotExamined(what=self._name, reason=Reason.SPECIAL_FILE, detail=kind(status.st_mode))
        return SourceFile(path=self._name, size=status.st_size, executable=bool(status.st_mode & 0o111), named=True)

    def read(self, file: SourceFile) -> bytes | NotExamined:
        """The whole content; NotExamined when it is too large, cannot be read, or is not what the walk saw."""
        if file.size > MAX_SIZE:
            return _lost(file, Reason.TOO_LARGE, f"{file.size} bytes, of at most {MAX_SIZE}")
        try:
            descriptor = self._open(file.path)
        except OSError as error:
            return failure(file.path, error)
        try:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                return _lost(file, Reason.VANISHED, f"a {kind(before.st_mode)} took its place")
            if self._bounds is not None and self._bounds.mounted(self.place, file.path, before.st_dev):
                return _lost(file, Reason.DENIED, "another file system is mounted there")
            content = _read(descriptor, file.size + 1)
            after = os.fstat(descriptor)
        except OSError as error:
            return failure(file.path, error)
        finally:
            os.close(descriptor)
        if len(content) != file.size or (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            return _lost(file, Reason.VANISHED, "it changed while the scan ran")
        return content

    def _open(self, path: str) -> int:
        if not self._is_folder:
            return os.open(self.place, _OPEN_FILE)
        folder, _, name = path.rpartition("/")
        if self._last is None or self._last[0] != folder:
            opened = self._open_folder(folder)
            self.close()
            self._last = (folder, opened)
        return os.open(_component(name), _OPEN_FILE, dir_fd=self._last[1])

    def _open_folder(self, path: str) -> int:
        """One component at a time: O_NOFOLLOW speaks of the last component only."""
        descriptor = os.open(self.place, OPEN_FOLDER)
        for name in path.split("/") if path else ():
            try:
                below = os.open(_component(name), OPEN_FOLDER, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = below
        return descriptor


def _component(name: str) -> str:
    """One name of a path, as the operating system knows it. OSError for what is none, such as one that leads up: a walk gives
    none of these, but whoever asks for a file by its path may."""
    name = original(name)
    try:
        known = os.fsencode(name)
    except UnicodeEncodeError:
        known = b""
    if known in (b"", b".", b"..") or b"/" in known:
        raise OSError(errno.ELOOP, "the path leaves the root")
    return name


def _lost(file: SourceFile, reason: Reason, detail: str) -> NotExamined:
    return NotExamined(what=file.path, reason=reason, detail=detail)


def _read(descriptor: int, limit: int) -> bytes:
    """At most `limit` bytes. One call is enough for a regular file that does not change."""
    content = os.read(descriptor, limit)
    while 0 < len(content) < limit and (more := os.read(descriptor, limit - len(content))):
        content += more
    return content
