"""A repository around a target, as far as authority needs it: its top folder, the signed file in it, and whether its history has
a commit. Read with dulwich; nothing of the repository is run."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from casemate.adapters.statements import StatementFolder
from casemate.governance.authorisation import FILE_NAME

MAX_COMMITS = 200_000  # first parents that are looked through


class EnclosingRepository:
    """The git repository that a place lies in. top: its folder, None when there is none, or when its `.git` is no folder of its
    own: a link or a file there (a submodule, another working tree) may lead to the history of any other repository."""

    def __init__(self, place: Path) -> None:
        folder = place if place.is_dir() else place.parent
        top = next((above for above in (folder, *folder.parents) if os.path.lexists(above / ".git")), None)
        real = top is not None and stat.S_ISDIR((top / ".git").stat(follow_symlinks=False).st_mode)
        self.top = top if real else None

    def file(self) -> bytes | None:
        """The signed file in its top folder; no link is followed."""
        return None if self.top is None else StatementFolder(self.top).read(FILE_NAME)

    def head(self) -> str:
        """The commit that is checked out, in hex; "" when there is none, or when the repository cannot be read."""
        return next(self._first_parents(), "")

    def contains(self, commit: str) -> bool:
        """Whether the commit is HEAD or one of its first parents. A history that cannot be read has none."""
        return commit in islice(self._first_parents(), MAX_COMMITS)

    def _first_parents(self) -> Iterator[str]:
        from dulwich.objects import Commit
        from dulwich.repo import Repo

        if self.top is None:
            return
        try:
            with Repo(str(self.top)) as repo:
                here = repo.head()
                while isinstance(found := repo.object_store[here], Commit):
                    yield here.decode("ascii")
                    if not found.parents:
                        return
                    here = found.parents[0]
        except Exception:  # of an odd repository anything can come
            return
