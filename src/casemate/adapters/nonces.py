"""Nonces that were used, as empty files: of two processes that bring the same one, one makes the file."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from casemate.adapters.durable import make_folder, sync_folder
from casemate.governance.errors import LedgerUnavailable


class NonceFolder:
    """Nonces in a folder of the operator's, which is made on first use. now: those whose time is over by then are forgotten;
    it is a time that never goes back, such as the latest that the ledger knows."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self._folder = folder
        self._now = now

    def take(self, nonce: str, until: datetime) -> bool:
        """Remember a nonce (hex digits), until that time at least and across a power cut; whether it was new.

        Raises LedgerUnavailable: what cannot be remembered is not accepted.
        """
        aside = self._folder / f".{nonce}.{os.getpid()}.{os.urandom(4).hex()}"
        try:
            make_folder(self._folder)
            self._forget()
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                os.utime(descriptor, (until.timestamp(), until.timestamp()))
                os.fsync(descriptor)
                os.link(aside, self._folder / nonce)  # with its time, so that nobody forgets it too early
            except FileExistsError:
                return False
            finally:
                os.close(descriptor)
                aside.unlink()
            sync_folder(self._folder)
        except OSError as error:
            raise LedgerUnavailable(
                f"cannot remember that a token was presented, in {str(self._folder)!r}: {error.strerror}",
                "make the folder writable, or set CASEMATE_HOME to one that is",
            ) from error
        return True

    def _forget(self) -> None:
        with os.scandir(self._folder) as files:
            for file in files:
                if file.name.startswith("."):
                    continue  # one that another process is making: it has no time of its own yet
                with suppress(FileNotFoundError):  # another process forgot it first
                    if datetime.fromtimestamp(file.stat(follow_symlinks=False).st_mtime, UTC) < self._now:
                        Path(file.path).unlink()
