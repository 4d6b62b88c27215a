"""The walk over a folder of this machine: what is there, without opening a file or following a link.

Every folder is opened relative to the descriptor of the one above it, so that a folder that is exchanged for a link
meanwhile leads nowhere.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from casemate.adapters.filenames import original, shown
from casemate.adapters.roots.mounts import mount_points
from casemate.model.outcome import NotExamined, Reason
from casemate.ports import SourceFile
from casemate.targets.selection import ENVIRONMENT_FOLDERS, SKIPPED_FOLDERS, looks_like_source

MAX_DEPTH = 100  # folders below one another; each costs an open descriptor while the walk is in it
OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ESTALE, errno.ENXIO}  # not what it was when it was seen


class _Folder(NamedTuple):
    """A folder seen, not opened. name: as the operating system knows it."""

    name: str
    path: str


class _Level(NamedTuple):
    """A folder that the walk is in."""

    descriptor: int
    entries: Iterator[SourceFile | NotExamined | _Folder]


class Bounds(NamedTuple):
    """What a walk does not enter: mount points, folders of other devices, repositories within. mounts: absolute paths."""

    device: int
    mounts: frozenset[str]

    @classmethod
    def around(cls, root: str) -> Bounds:
        """Those of one file system and one repository. Raises OSError."""
        return cls(Path(root).lstat().st_dev, mount_points())

    def mounted(self, root: Path, path: str, device: int) -> bool:
        """Whether what is at a path below the root comes from another file system. device: of what was opened there."""
        return device != self.device or str(root / original(path)) in self.mounts

    def crossed(self, root: str, path: str, descriptor: int) -> str:
        """Why an opened folder below the root is not entered, or ""."""
        if self.mounted(Path(root), path, os.fstat(descriptor).st_dev):
            return "another file system is mounted there"
        return "another repository: a submodule, or one that lies in this one" if _has(descriptor, ".git") else ""


def walk(root: str, *, bounds: Bounds | None = None) -> Iterator[SourceFile | NotExamined]:
    """Every regular file below a folder, in byte order of path; what cannot be looked at, and what is skipped, as
    NotExamined. root: absolute and free of links."""
    levels: list[_Level] = []
    try:
        opened = _open(root, None, _Folder(root, ""), bounds)
        if isinstance(opened, NotExamined):
            yield opened
        else:
            levels.append(opened)
        while levels:
            entry = next(levels[-1].entries, None)
            if entry is None:
                os.close(levels.pop().descriptor)
            elif not isinstance(entry, _Folder):
                yield entry
            elif len(levels) > MAX_DEPTH:
                yield NotExamined(what=entry.path, reason=Reason.TOO_DEEP, detail=f"more than {MAX_DEPTH} folders deep")
            else:
                opened = _open(root, levels[-1].descriptor, entry, bounds)
                if isinstance(opened, NotExamined):
                    yield opened
                else:
                    levels.append(opened)
    finally:
        for level in levels:
            os.close(level.descriptor)


def reaches(root: Path, place: Path) -> bool:
    """Whether the walk over a root comes to a place below it, or skips a folder on the way, or the place itself."""
    if not place.is_dir() and not place.is_file():
        return False
    folders = [place, *place.parents]
    below = [folder for folder in folders[: folders.index(root)] if folder.is_dir()]
    return len(below) <= MAX_DEPTH and not any(
        folder.name in SKIPPED_FOLDERS or (folder.name in ENVIRONMENT_FOLDERS and (folder / "pyvenv.cfg").exists())
        for folder in below
    )


def failure(path: str, error: OSError) -> NotExamined:
    """What an error of the operating system says about a path that had been seen."""
    reason = Reason.VANISHED if error.errno in _GONE else Reason.UNREADABLE
    return NotExamined(what=path, reason=reason, detail=error.strerror or "")


def _open(root: str, above: int | None, folder: _Folder, bounds: Bounds | None) -> _Level | NotExamined:
    what = folder.path or "."
    if above is not None and (holds := SKIPPED_FOLDERS.get(folder.name)):
        return NotExamined(what=what, reason=Reason.EXCLUDED, detail=holds, deliberate=True)
    try:
        descriptor = os.open(folder.name, OPEN_FOLDER, dir_fd=above)
    except OSError as error:
        return failure(what, error)
    try:
        if above is not None and folder.name in ENVIRONMENT_FOLDERS and _has(descriptor, "pyvenv.cfg"):
            os.close(descriptor)
            return NotExamined(what=what, reason=Reason.EXCLUDED, detail="virtual environment", deliberate=True)
        if above is not None and bounds is not None and (why := bounds.crossed(root, folder.path, descriptor)):
            os.close(descriptor)
            return NotExamined(what=what, reason=Reason.DENIED, detail=why)
        return _Level(descriptor, iter(_entries(root, descriptor, folder.path)))
    except OSError as error:
        os.close(descriptor)
        return failure(what, error)


def _has(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return True


def _entries(root: str, folder: int, path: str) -> list[SourceFile | NotExamined | _Folder]:
    """What is in a folder, in byte order of path: a folder sorts as if its name ended with the separator. For text without
    lone surrogates the order of code points is that of UTF-8."""
    prefix = f"{path}/" if path else ""
    found: list[tuple[str, SourceFile | NotExamined | _Folder]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = shown(entry.name)
            what = prefix + name
            if entry.is_dir(follow_symlinks=False):
                found.append((f"{name}/", _Folder(entry.name, what)))
            elif seen := _entry(root, path, entry, what):
                found.append((name, seen))
    found.sort(key=lambda pair: pair[0])
    return [seen for _, seen in found]


def _entry(root: str, path: str, entry: os.DirEntry[str], what: str) -> SourceFile | NotExamined | None:
    """What an entry that is no folder comes to; None for what could hold no source. path: of its folder."""
    try:
        if entry.is_symlink():
            return _link(root, path, entry.name, what)
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return failure(what, error) if looks_like_source(what) else None
    if stat.S_ISREG(status.st_mode):
        return SourceFile(path=what, size=status.st_size, executable=bool(status.st_mode & 0o111))
    if looks_like_source(what):
        return NotExamined(what=what, reason=Reason.SPECIAL_FILE, detail=kind(status.st_mode))
    return None


def kind(mode: int) -> str:
    """What stands in the place of a regular file."""
    for test, name in ((stat.S_ISFIFO, "FIFO"), (stat.S_ISSOCK, "socket"), (stat.S_ISDIR, "folder")):
        if test(mode):
            return name
    return "device"


def _link(root: str, path: str, name: str, what: str) -> NotExamined | None:
    """A link is no file of the tree. None when nothing is lost: what it leads to is seen where it stands, or is no source.

    The link is followed to see where it leads, never to read what is there.
    """
    source = looks_like_source(what)
    here = Path(root, original(path))
    try:
        target = (here / name).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        number = error.errno if isinstance(error, OSError) else errno.ELOOP  # pathlib's RuntimeError: until Python 3.13
        if number == errno.ELOOP:
            return NotExamined(what=what, reason=Reason.LINK_OUTSIDE, detail="links in a circle")
        if number == errno.ENOENT:
            return NotExamined(what=what, reason=Reason.VANISHED, detail="a link to nothing") if source else None
        return NotExamined(what=what, reason=Reason.UNREADABLE, detail=os.strerror(number or 0))
    inside = target.is_relative_to(root)
    if target.is_dir():
        circle = here.is_relative_to(target)
        detail = "a link to a folder that it is in" if circle else "a link to a folder outside the root"
        lost = circle or not inside
    elif inside:
        detail = "a link to a file whose name is not that of a source"
        lost = source and not looks_like_source(target.name)
    else:
        detail = "a link to a file outside the root"
        lost = source
    return NotExamined(what=what, reason=Reason.LINK_OUTSIDE, detail=detail) if lost else None
