"""Where reports go: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from casemate.cli.errors import forget_stdout
from casemate.model.errors import EnvironmentFault, UserError


def show(text: str) -> None:
    """Write to standard output for a person. Raises BrokenPipeError, and EnvironmentFault when it cannot be written."""
    _to_stdout(text)


def emit(text: str) -> None:
    """Write to standard output for a program: UTF-8, whatever the terminal's encoding. Raises as `show` does."""
    _to_stdout(text.encode())


def check_place(path: Path) -> None:
    """Refuse, before any work is done, a file that cannot be written. Raises UserError."""
    if path.is_dir():
        raise UserError(f"{str(path)!r} is a folder", "name a file to write the report to")
    if not path.absolute().parent.is_dir():
        raise UserError(f"there is no folder {str(path.parent)!r}", "make it, or name another file")


def make_folder(path: Path, what: str) -> None:
    """A folder for these, with those above it. Raises EnvironmentFault."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFault(
            f"cannot make the folder {str(path)!r} for {what}: {error.strerror}", "name another folder"
        ) from error


@contextmanager
def private() -> Iterator[None]:
    """Files that are made meanwhile can be read by their owner alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def write_file(path: Path, text: str | bytes, what: str = "the report") -> None:
    """Write a report, or what else `what` names. A regular file is replaced only by the whole new one; a device or FIFO is
    written to.

    Raises EnvironmentFault; then an earlier file is as it was.
    """
    data = text.encode() if isinstance(text, str) else text
    place = path.resolve()  # through links, to what they lead to
    try:
        if place.exists() and not stat.S_ISREG(place.stat().st_mode):
            place.write_bytes(data)
        else:
            _replace(place, data)
    except OSError as error:
        raise EnvironmentFault(
            f"cannot write {what} to {str(path)!r}: {error.strerror}", "free space there, or name another file"
        ) from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Others that want to change a file of the same folder wait meanwhile, so that none loses what another wrote.

    The lock is the folder's own: no file is left behind. Where the file system knows no locks, there is none.
    """
    folder = os.open(path.resolve().parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _to_stdout(text: str | bytes) -> None:
    try:
        click.echo(text, nl=False)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_stdout()
        raise EnvironmentFault(
            f"cannot write to standard output: {error.strerror}", "free space there, or use -o FILE"
        ) from error


def _replace(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # a full disk may show only here
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
