"""A run's own folder on the disk, for a sandbox that cannot mount one: made, measured and
removed without trusting a name in it."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from casemate.adapters.sandbox.watch import descendants
from casemate.model.sandbox import RESULT, Amount, Folder, Limits

_DEEPEST = 64
_LATE = 100  # folders that may get another entry while they are emptied
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Scratch:
    """The folder. job: where the job starts. tmp: for TMPDIR."""

    place: Path

    @classmethod
    def make(cls, folders: tuple[Folder, ...]) -> Scratch:
        """A new one, with a link to each lent folder."""
        scratch = cls(Path(tempfile.mkdtemp(prefix="casemate-sandbox-")))
        for own in (scratch.job, scratch.tmp, scratch.result):
            own.mkdir()
        for folder in folders:
            if folder.at != folder.host:
                link = scratch.job / folder.at
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(folder.host)
        return scratch

    @property
    def job(self) -> Path:
        """Where the job starts."""
        return self.place / "job"

    @property
    def tmp(self) -> Path:
        """Where it may write."""
        return self.place / "tmp"

    @property
    def result(self) -> Path:
        """What it hands back."""
        return self.job / RESULT

    def amount(self, first: int, limits: Limits) -> Amount | None:
        """Whether there is too much in it, or too deep. first: of the processes, which may hold files without a name."""
        tally = _Tally(limits)
        try:
            for place in (self.tmp, self.result):
                tally.folder(os.open(place, _FOLDER), 0)
            tally.nameless(first, self.place.stat().st_dev)
        except _TooMuch:
            return Amount.TMP
        return None

    def remove(self) -> None:
        """Remove it with all that is in it, however deep and whatever its permissions. Every process has been
        ended by now, and one that is not yet gone writes no more for long."""
        root = os.open(self.place, _FOLDER)
        try:
            _empty(root)
        finally:
            os.close(root)
        self.place.rmdir()


class _TooMuch(Exception):
    """A limit was passed."""


class _Tally:
    """Counts what there is, by descriptors, so that no path is too long for it."""

    def __init__(self, limits: Limits) -> None:
        self._entries = limits.inodes
        self._bytes = limits.tmp
        self._processes = limits.processes + 2

    def folder(self, opened: int, depth: int) -> None:
        """A folder and what is below it; closes it. Raises _TooMuch."""
        try:
            for name in os.listdir(opened):
                with contextlib.suppress(OSError):  # it may be gone again
                    about = os.stat(name, dir_fd=opened, follow_symlinks=False)
                    self._count(about.st_blocks, entries=1)
                    if stat.S_ISDIR(about.st_mode):
                        if depth >= _DEEPEST:
                            raise _TooMuch
                        self.folder(os.open(name, _FOLDER, dir_fd=opened), depth + 1)
        finally:
            os.close(opened)

    def nameless(self, first: int, device: int) -> None:
        """Open files of the processes that were removed. Raises _TooMuch."""
        seen = set()
        for pid in descendants(first, self._processes):
            with contextlib.suppress(OSError):
                for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                    with contextlib.suppress(OSError):
                        about = descriptor.stat()
                        if stat.S_ISREG(about.st_mode) and about.st_nlink == 0 and about.st_dev == device:
                            if about.st_ino not in seen:
                                seen.add(about.st_ino)
                                self._count(about.st_blocks, entries=0)

    def _count(self, blocks: int, *, entries: int) -> None:
        self._entries -= entries
        self._bytes -= blocks * 512
        if self._entries < 0 or self._bytes < 0:
            raise _TooMuch


def _empty(root: int) -> None:
    """Folders in it are flattened one level at a time: a tree deeper than any stack comes up to where it can be removed."""
    names = count()
    late = 0
    while found := os.listdir(root):
        for name in found:
            if not stat.S_ISDIR(os.stat(name, dir_fd=root, follow_symlinks=False).st_mode):
                os.unlink(name, dir_fd=root)
                continue
            os.chmod(name, 0o700, dir_fd=root)
            folder = os.open(name, _FOLDER, dir_fd=root)
            try:
                for inner in os.listdir(folder):  # noqa: PTH208 - a descriptor
                    if stat.S_ISDIR(os.stat(inner, dir_fd=folder, follow_symlinks=False).st_mode):
                        os.chmod(inner, 0o700, dir_fd=folder)  # to be moved it must be writable
                        os.rename(inner, f".{next(names)}.up", src_dir_fd=folder, dst_dir_fd=root)
                    else:
                        os.unlink(inner, dir_fd=folder)
            finally:
                os.close(folder)
            try:
                os.rmdir(name, dir_fd=root)
            except OSError as error:  # what came since its entries were read is found when it is its turn again
                late += 1
                if error.errno != errno.ENOTEMPTY or late > _LATE:
                    raise
