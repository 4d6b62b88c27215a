"""The operator's working tree on this machine's file system: `ports.WorkingTree`, the only place that changes a target.

A file is written aside in its own folder, synced, given the mode and owner of the one that it replaces, and renamed over it:
at every moment there is the old file or the new one. Of several files all are written aside before the first is renamed, and when
one fails the others are put back. What a killed process left is put back by the next one that writes.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from casemate.adapters.backups import Backup, Backups, Saved, digest
from casemate.adapters.committed import root, uncommitted
from casemate.adapters.filenames import original, shown
from casemate.model.errors import EnvironmentFault
from casemate.model.fix import Change
from casemate.model.working import Withheld, Written

CHANGED = "it is no longer the file that the patch was made for: run the command again"
SINCE = "it was changed after the patch was written"

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class WorkingFolder:
    """A folder or a file that the operator works on. place: absolute and free of links. home: for the backups."""

    def __init__(self, place: Path, home: Path) -> None:
        self._folder = place if place.is_dir() else place.parent
        self._only = None if place.is_dir() else shown(place.name)
        self._backups = Backups(home, place)

    @property
    def prefix(self) -> str:
        """The target's folder as its git repository names it, with a slash at its end; "" at the top, and outside of one."""
        top = root(self._folder)
        if top is None or top == self._folder or not self._folder.is_relative_to(top):
            return ""
        return f"{shown(str(self._folder.relative_to(top)))}/"

    def refusal(self, change: Change) -> str:
        """Why a file is not changed so, "" when it is."""
        named = self._only in (None, change.path)
        if not named or not all(part not in ("", ".", "..") for part in change.path.split("/")):
            return "it is not part of what was named"
        try:
            with _open(self._folder, change.path) as (folder, name):
                return self._refusal(change, folder, name)
        except OSError as error:
            return _words(error)

    def write(self, changes: Sequence[Change]) -> Written:
        """Change files, all or none."""
        with self._backups.alone():
            self._settle()
            withheld = [Withheld(path=one.path, why=why) for one in changes if (why := self.refusal(one))]
            if withheld:
                return Written(withheld=tuple(withheld))
            backup = self._backups.save(changes)
            contents = {change.path: change.after for change in changes}
            try:
                problem = self._replace(backup.files, contents, lambda saved: saved.before, CHANGED)
                if problem is None:
                    backup.finish()
                    return Written(paths=tuple(change.path for change in changes))
            except BaseException:
                self._roll_back(backup)
                raise
            self._roll_back(backup)
            return Written(withheld=(problem,))

    def undo(self) -> Written:
        """Put back what was written last."""
        with self._backups.alone():
            self._settle()
            backups = self._backups.all()
            if not backups:
                return Written()
            last = backups[-1]
            found = [(saved, self._now(saved)) for saved in last.files]
            withheld = [
                Withheld(path=saved.path, why=f"{SINCE}; what it was before is at {saved.at}")
                for saved, now in found
                if now not in (saved.after, saved.before)
            ]
            if withheld:
                return Written(withheld=tuple(withheld))
            files = [saved for saved, now in found if now == saved.after]
            contents = {saved.path: saved.content() for saved in files}
            problem = self._replace(files, contents, lambda saved: saved.after, SINCE)
            if problem is not None:
                return Written(withheld=(problem,))
            last.drop()
            return Written(paths=tuple(saved.path for saved in last.files))

    def confirm(self) -> Written:
        """Drop every backup: what was written stays."""
        with self._backups.alone():
            self._settle()
            backups = self._backups.all()
            for backup in backups:
                backup.drop()
            return Written(paths=tuple(sorted({saved.path for backup in backups for saved in backup.files})))

    def _settle(self) -> None:
        """Put back what somebody began to write who was ended."""
        for backup in self._backups.all():
            if backup.done:
                self._clear(backup.files)
            else:
                self._roll_back(backup)

    def _roll_back(self, backup: Backup) -> None:
        """As if it had not been begun. A file that somebody changed since is left to them. Raises EnvironmentFault."""
        self._clear(backup.files)
        strange = [saved for saved in backup.files if self._now(saved) not in (saved.before, saved.after)]
        for saved in backup.files:
            if self._now(saved) != saved.after:
                continue
            try:
                with _open(self._folder, saved.path) as (folder, name):
                    _aside(folder, name, saved.aside, saved.content())
                    os.rename(saved.aside, name, src_dir_fd=folder, dst_dir_fd=folder)
                    os.fsync(folder)
            except OSError as error:
                raise EnvironmentFault(
                    f"{saved.path!r} could not be put back: {error.strerror}; what it was is at {str(saved.at)!r}",
                    "make room, or its folder writable, and run `casemate fix --undo`",
                ) from error
        if strange:  # somebody changed it, or it cannot be read now: this is the only copy of what it was
            backup.finish()
        else:
            backup.drop()

    def _clear(self, files: Sequence[Saved]) -> None:
        """Nothing that was written aside stays."""
        for saved in files:
            with suppress(OSError), _open(self._folder, saved.path) as (folder, _):
                os.unlink(saved.aside, dir_fd=folder)

    def _refusal(self, change: Change, folder: int, name: str) -> str:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            return "it is a link" if stat.S_ISLNK(status.st_mode) else "it is no regular file"
        if status.st_nlink > 1:
            return "it has several names (hard links), and the others would keep what it is now"
        if not status.st_mode & 0o222 or not os.access(name, os.W_OK, dir_fd=folder, effective_ids=True):
            return "it is read-only"
        if not os.access(".", os.W_OK, dir_fd=folder, effective_ids=True):
            return "its folder cannot be written"
        content = _content(folder, name)
        if content != change.before:
            return CHANGED
        return uncommitted(self._folder / original(change.path), content)

    def _replace(
        self, files: Sequence[Saved], contents: dict[str, bytes], expected: Callable[[Saved], str], otherwise: str
    ) -> Withheld | None:
        """Write all aside, then rename each. expected: what a file must be until then."""
        try:
            return self._replaced(files, contents, expected, otherwise)
        finally:
            self._clear(files)

    def _replaced(
        self, files: Sequence[Saved], contents: dict[str, bytes], expected: Callable[[Saved], str], otherwise: str
    ) -> Withheld | None:
        for saved in files:
            try:
                with _open(self._folder, saved.path) as (folder, name):
                    _aside(folder, name, saved.aside, contents[saved.path])
            except OSError as error:
                return Withheld(path=saved.path, why=_words(error))
        for saved in files:
            try:
                with _open(self._folder, saved.path) as (folder, name):
                    if digest(_content(folder, name)) != expected(saved):
                        return Withheld(path=saved.path, why=otherwise)
                    os.rename(saved.aside, name, src_dir_fd=folder, dst_dir_fd=folder)
                    os.fsync(folder)
            except OSError as error:
                return Withheld(path=saved.path, why=_words(error))
        return None

    def _now(self, saved: Saved) -> str:
        """The digest of what a file is now, "" when it cannot be read."""
        try:
            with _open(self._folder, saved.path) as (folder, name):
                return digest(_content(folder, name))
        except OSError:
            return ""


@contextmanager
def _open(root: Path, path: str) -> Iterator[tuple[int, str]]:
    """The folder that a file lies in, one component at a time and through no link, and the file's name. Raises OSError."""
    *folders, name = path.split("/")
    descriptor = os.open(root, _FOLDER)
    try:
        for one in folders:
            below = os.open(original(one), _FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
        yield descriptor, original(name)
    finally:
        os.close(descriptor)


def _words(error: OSError) -> str:
    if error.errno in (errno.ENOTDIR, errno.ELOOP):
        return "it lies behind a link"
    return f"it cannot be written: {error.strerror}"


def _content(folder: int, name: str) -> bytes:
    """Raises OSError."""
    descriptor = os.open(name, _READ, dir_fd=folder)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _aside(folder: int, name: str, aside: str, data: bytes) -> None:
    """Write bytes to a file beside the one that they are for, with its mode, owner and attributes. Raises OSError; then there is
    no such file."""
    like = os.stat(name, dir_fd=folder, follow_symlinks=False)
    descriptor = os.open(aside, _WRITE, 0o600, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            _made_like(descriptor, folder, name, like)
            os.fsync(descriptor)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(aside, dir_fd=folder)
        raise


def _made_like(descriptor: int, folder: int, name: str, like: os.stat_result) -> None:
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
        os.fchown(descriptor, like.st_uid, like.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(like.st_mode))  # last: a change of owner takes bits away
    source = os.open(name, _READ, dir_fd=folder)
    try:
        with suppress(OSError):  # a file system without them
            for attribute in os.listxattr(source):
                with suppress(OSError):  # those of the system are not ours to set
                    os.setxattr(descriptor, attribute, os.getxattr(source, attribute))
    finally:
        os.close(source)
