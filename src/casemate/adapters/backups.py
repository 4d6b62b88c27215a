"""What files were before patches were written, kept below the operator's data folder until it is confirmed.

For each target a folder; in it, for each time that something was written, a numbered folder with a journal and the earlier
bytes. It is there, durably, before the first file of the target is touched. `done` stands in it once all of them are written.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from casemate.adapters.durable import make_folder, sync_folder
from casemate.model.errors import EnvironmentFault
from casemate.model.fix import Change

FORMAT = 1
JOURNAL = "journal.json"
_DONE = "done"
_NEW = ".new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A file as it was. before, after: digests in hex. aside: name of the file beside it that is written first. at: backup."""

    path: str
    before: str
    after: str
    aside: str
    at: Path

    def content(self) -> bytes:
        """The earlier bytes. Raises EnvironmentFault when the backup does not hold them any more."""
        try:
            data = self.at.read_bytes()
        except OSError as error:
            raise _unusable(self.at, error.strerror or "") from error
        if digest(data) != self.before:
            raise _unusable(self.at, "it is not what was saved")
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was written at one time. done: all of it was."""

    folder: Path
    files: tuple[Saved, ...]
    done: bool

    def finish(self) -> None:
        """All is written. Raises OSError."""
        _write(self.folder / _DONE, b"")
        sync_folder(self.folder)

    def drop(self) -> None:
        """It is no longer needed: gone as a whole, also when we are ended half-way. Raises OSError."""
        gone = self.folder.with_name(f".gone-{self.folder.name}")
        self.folder.rename(gone)
        sync_folder(gone.parent)
        shutil.rmtree(gone, ignore_errors=True)


class Backups:
    """Of one target. home: the operator's data folder. place: the target's, absolute."""

    def __init__(self, home: Path, place: Path) -> None:
        self._place = place
        self._folder = home / "backups" / sha256(os.fsencode(place)).hexdigest()[:32]

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else writes to this target or puts it back meanwhile. Raises EnvironmentFault."""
        try:
            make_folder(self._folder)
            descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(self._folder, error.strerror or "") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def all(self) -> list[Backup]:
        """The oldest first. Raises EnvironmentFault."""
        try:
            names = sorted(entry.name for entry in self._folder.iterdir()) if self._folder.is_dir() else []
        except OSError as error:
            raise _unusable(self._folder, error.strerror or "") from error
        return [self._read(self._folder / name) for name in names if name.isdigit()]

    def save(self, changes: Sequence[Change]) -> Backup:
        """Keep what files are before they are changed. Raises EnvironmentFault."""
        new = self._folder / _NEW
        try:
            shutil.rmtree(new, ignore_errors=True)  # of one who was ended while he made it
            for leftover in self._folder.glob(".gone-*"):
                shutil.rmtree(leftover, ignore_errors=True)
            new.mkdir(mode=0o700)
            files = []
            for number, change in enumerate(changes):
                _write(new / f"{number}.before", change.before)
                entry = {"path": change.path, "before": digest(change.before), "after": digest(change.after)}
                files.append({**entry, "aside": f".casemate-{os.getpid()}-{number}"})
            document = {"format": FORMAT, "place": os.fsdecode(self._place), "files": files}
            _write(new / JOURNAL, json.dumps(document, indent=1).encode("utf-8", "surrogateescape"))
            sync_folder(new)
            folder = self._folder / f"{1 + max((int(one.folder.name) for one in self.all()), default=0):06}"
            new.rename(folder)
            sync_folder(self._folder)
        except OSError as error:
            raise _unusable(self._folder, error.strerror or "") from error
        return self._read(folder)

    def _read(self, folder: Path) -> Backup:
        try:
            document: dict[str, Any] = json.loads((folder / JOURNAL).read_bytes())
            if document["format"] != FORMAT:
                raise _unusable(folder, "a newer version of Casemate made it")
            files = tuple(
                Saved(
                    path=str(file["path"]),
                    before=str(file["before"]),
                    after=str(file["after"]),
                    aside=str(file["aside"]),
                    at=folder / f"{number}.before",
                )
                for number, file in enumerate(document["files"])
            )
            if not all(_below(saved.path) and "/" not in saved.aside for saved in files):
                raise ValueError("it names files outside of the target")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _unusable(folder, "its journal cannot be read") from error
        return Backup(folder=folder, files=files, done=(folder / _DONE).exists())


def _below(path: str) -> bool:
    """Whether it names a file of the target: a journal is a file, and can be edited."""
    return all(part not in ("", ".", "..") for part in path.split("/"))


def digest(data: bytes) -> str:
    """What bytes are known by."""
    return sha256(data).hexdigest()


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _unusable(path: Path, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        f"the backup at {str(path)!r} cannot be used: {why}", "look at what it holds, then move it away"
    )
