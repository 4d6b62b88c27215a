"""Signed files in a folder of the operator's: charters, lists of what was revoked, and others of that form."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from casemate.adapters.durable import make_folder, replace_file, sync_folder
from casemate.adapters.filenames import shown
from casemate.governance.statement import MAX_STATEMENT
from casemate.model.errors import EnvironmentFault, UserError

_OPEN = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def read_statement(path: Path) -> bytes:
    """The bytes of a signed file that the operator named. Raises UserError for what is no file, or too large to be one."""
    return _read(path, "name the signed file itself")


def read_token(path: Path) -> bytes:
    """The bytes of a file with a bearer token. Raises UserError as for a signed file, and when others can read it."""
    return _read(path, "name the file of the token itself", token=True)


def _read(path: Path, next_step: str, *, token: bool = False) -> bytes:
    try:
        descriptor = os.open(path, _OPEN)
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                raise UserError(f"{shown(str(path))!r} is no regular file", next_step)
            if token and mode & 0o077:
                raise UserError(f"others can read {shown(str(path))!r}", "chmod 600 it, and change the token")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(MAX_STATEMENT + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UserError(f"cannot read {shown(str(path))!r}: {error.strerror}", "check the path") from error
    if len(data) > MAX_STATEMENT:
        raise UserError(f"{shown(str(path))!r} has more than {MAX_STATEMENT} bytes", next_step)
    return data


class StatementFolder:
    """Signed files by name, each whole: written aside, then renamed into place. Made on first write; 0700, files 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """The names of the files, sorted; those of no form of ours are left out."""
        try:
            return tuple(sorted(file.name for file in self._folder.iterdir() if not file.name.startswith(".")))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._unavailable("read", error) from error

    def read(self, name: str, most: int = MAX_STATEMENT) -> bytes | None:
        """A file's bytes; None when there is none, or when it is no regular file of at most `most` bytes."""
        try:
            descriptor = os.open(self._folder / name, _OPEN | os.O_NOFOLLOW)
        except OSError:
            return None
        try:
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return None
                data = file.read(most + 1)
        except OSError as error:
            raise self._unavailable("read", error) from error
        return data if len(data) <= most else None

    def write(self, name: str, data: bytes) -> None:
        """Keep a file. Raises EnvironmentFault; then it is as it was."""
        aside = self._folder / f".{name}.{os.getpid()}"
        try:
            make_folder(self._folder)
            replace_file(self._folder / name, data, aside)
            sync_folder(self._folder)
        except OSError as error:
            with suppress(OSError):
                aside.unlink()
            raise self._unavailable("write to", error) from error

    def _unavailable(self, action: str, error: OSError) -> EnvironmentFault:
        return EnvironmentFault(
            f"cannot {action} {shown(str(self._folder))!r}: {error.strerror}",
            "make it yours and writable, or set CASEMATE_HOME to one that is",
        )
