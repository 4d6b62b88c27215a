"""The ledger's files on disk: atomic, durable, one writer at a time.

A file is written aside, synced, renamed into place, and its folder synced, before the next one is begun: after a power
cut the disk holds a prefix of the writes, in their order. Of files that are written together, in any order.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from casemate.adapters.durable import make_folder, replace_file, sync_folder
from casemate.governance.errors import LedgerUnavailable
from casemate.ports import LedgerLock

LOCK_TIMEOUT = 10.0  # seconds; an append holds the lock for milliseconds
_LOCK_PAUSE = 0.005  # seconds between two attempts

_LOCK = ".lock"
_ASIDE = ".write"  # one name, used under the lock: what a crash leaves is overwritten by the next write

_MAX_FILE = 256 * (2 + 0xFFFF)  # bytes: the largest that a log has, a bundle of 256 entries


class LedgerFolder:
    """`ports.LedgerStore` in a folder, made on first write."""

    def __init__(self, folder: Path, *, lock_timeout: float = LOCK_TIMEOUT) -> None:
        self._folder = folder
        self._lock_timeout = lock_timeout

    def read(self, name: str) -> bytes | None:
        """A named file's bytes, or None. Raises LedgerUnavailable."""
        path = self._path(name)
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_FILE:  # a FIFO would never answer
                raise LedgerUnavailable(
                    f"{str(path)!r} of the ledger is no regular file, or larger than any that a ledger has",
                    "move it away, and run `casemate ledger verify`",
                )
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unavailable("read", path, error) from error

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole and durably. Raises LedgerUnavailable; then the file is as it was, or as it should be."""
        self.write_all(((name, data),))

    def write_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files, each whole, and all of them durably before it returns. Raises as `write` does."""
        folders: dict[Path, None] = {}
        for name, data in files:
            path = self._path(name)
            try:
                if path.parent not in folders:
                    make_folder(path.parent)
                    folders[path.parent] = None
                replace_file(path, data, self._folder / _ASIDE)
            except OSError as error:
                raise _unavailable("write", path, error) from error
        for folder in folders:
            try:
                sync_folder(folder)
            except OSError as error:
                raise _unavailable("write", folder, error) from error

    def names(self) -> Iterator[str]:
        """The names of all files, in no order; the lock and what is written aside are none."""

        def failed(error: OSError) -> None:
            raise _unavailable("list", self._folder, error) from error

        if self._folder.exists():
            for folder, _, files in os.walk(self._folder, onerror=failed):
                below = Path(folder).relative_to(self._folder)
                yield from (str(below / file) for file in files if file not in (_LOCK, _ASIDE))

    def remove(self, folder: str, above: int = 0) -> None:
        """Remove a folder's files of which the name is a greater number; what cannot be removed stays."""
        path = self._path(folder)
        with suppress(OSError):
            kept = False
            for file in list(path.iterdir()):
                if not file.name.isdecimal() or int(file.name) <= above:
                    kept = True
                else:
                    file.unlink()
            if kept:
                sync_folder(path)
            else:
                path.rmdir()

    def lock(self) -> LedgerLock:
        """Exclusive across processes and within one; LedgerUnavailable when another holds it too long."""
        return _FileLock(self._folder / _LOCK, self._lock_timeout)

    def _path(self, name: str) -> Path:
        path = self._folder / name
        if ".." in path.parts or not path.is_relative_to(self._folder):
            raise ValueError(f"no name of a ledger's file: {name!r}")
        return path


class StrangersFolder(LedgerFolder):
    """A folder that somebody handed over, to be read: no link in it is followed, nothing but regular files is opened."""

    def read(self, name: str) -> bytes | None:
        """A named file's bytes; None when there is none, or one that no log has. Raises LedgerUnavailable."""
        path = self._path(name)
        above = path.relative_to(self._folder).parents
        if path.is_symlink() or any((self._folder / part).is_symlink() for part in above if part.parts):
            return None
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise _unavailable("read", path, error) from error
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_FILE:
                return None
            with open(descriptor, "rb", closefd=False) as file:
                return file.read(_MAX_FILE)
        finally:
            os.close(descriptor)


class _FileLock:
    """A lock on one file, taken on entry. timeout: seconds."""

    def __init__(self, path: Path, timeout: float) -> None:
        self._path = path
        self._timeout = timeout
        self._descriptor = -1

    def __enter__(self) -> None:
        try:
            make_folder(self._path.parent)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unavailable("lock", self._path, error) from error
        try:
            self._acquire(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def __exit__(self, *exc: object) -> None:
        os.close(self._descriptor)  # releases the lock

    def _acquire(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise LedgerUnavailable(
                        f"another process has held the ledger's lock {str(self._path)!r} for {self._timeout:g} seconds",
                        "wait for it to end, or end it, and run the command again",
                    ) from error
            except OSError as error:
                raise _unavailable("lock", self._path, error) from error
            time.sleep(_LOCK_PAUSE)


def _unavailable(action: str, path: Path, error: OSError) -> LedgerUnavailable:
    return LedgerUnavailable(
        f"cannot {action} the ledger at {str(path)!r}: {error.strerror}; what cannot be recorded is not done",
        "free space or make the folder writable, or set CASEMATE_HOME to one that is",
    )
