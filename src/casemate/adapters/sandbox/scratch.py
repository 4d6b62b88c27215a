"""A run's own folder on the disk, for a sandbox that cannot mount one: made, measured and
removed without trusting a name in it."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from casemate.adapters.sandbox.watch import descendants
from casemate.model.sandbox import RESULT, Amount, Folder, Limits

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
        """Whether there is too much in it. first: of the processes, which may hold files that have no name any more."""
        entries, size = 0, 0
        todo = [self.tmp, self.result]
        while todo:
            folder = todo.pop()
            with contextlib.suppress(OSError), os.scandir(folder) as found:
                for entry in found:
                    entries += 1
                    with contextlib.suppress(OSError):
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            todo.append(Path(entry.path))
            if entries > limits.inodes:
                return Amount.TMP
        return Amount.TMP if size + _nameless(first) > limits.tmp else None

    def remove(self) -> None:
        """Remove it with all that is in it, however deep and whatever its permissions. Every process is gone by now."""
        root = os.open(self.place, _FOLDER)
        try:
            _empty(root)
        finally:
            os.close(root)
        self.place.rmdir()


def _nameless(first: int) -> int:
    """Bytes in open files that were removed."""
    seen: dict[tuple[int, int], int] = {}
    for pid in descendants(first):
        with contextlib.suppress(OSError):
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    about = descriptor.stat()
                    if stat.S_ISREG(about.st_mode) and about.st_nlink == 0:
                        seen[about.st_dev, about.st_ino] = about.st_blocks * 512
    return sum(seen.values())


def _empty(root: int) -> None:
    """Folders in it are flattened one level at a time: a tree deeper than any stack comes up to where it can be removed."""
    names = count()
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
            os.rmdir(name, dir_fd=root)
