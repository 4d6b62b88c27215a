"""A host as the checks see it: its file system, accounts and permissions, and each fact of it read once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from casemate.host.access import Access
from casemate.host.accounts import read_accounts
from casemate.host.filesystem import Filesystem
from casemate.model.advisory import Known
from casemate.model.outcome import NotExamined, Reason

T = TypeVar("T")

Advisories = Callable[[Sequence[str]], Known | NotExamined]
"""What is known of packages of these names, source packages among them."""


class Host:
    """What readers, edge sources and posture rules are given. advisories: what a database knows; None without a database."""

    def __init__(self, fs: Filesystem, advisories: Advisories | None = None) -> None:
        self.fs = fs
        self.advisories = advisories
        self.accounts = read_accounts(fs)
        self.access = Access(fs, self.accounts)
        self._facts: dict[Callable[..., Any], Any] = {}

    def once(self, read: Callable[[Host], T]) -> T:
        """What a reader says of this host, read at the first call: `host.once(sudoers)`."""
        if read not in self._facts:
            self._facts[read] = read(self)
        return cast("T", self._facts[read])

    def first(self, items: Sequence[T], most: int, path: str, what: str) -> Sequence[T]:
        """No more of them than that; what is left out is told. path: of what has them, in the report. what: that they are."""
        if len(items) > most:
            detail = f"only the first {most} of {len(items)} {what} are looked at"
            self.fs.lose(NotExamined(what=path, reason=Reason.STEP_LIMIT, detail=detail))
        return items[:most]

    def odd(self, path: str, line: int, detail: str) -> None:
        """A line that was not understood: what it says is not examined."""
        self.fs.lose(NotExamined(what=f"{path}:{line}", reason=Reason.SYNTAX, detail=detail, lines=1))
