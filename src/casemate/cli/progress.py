"""How far a scan is, on standard error: a bar on a terminal, plain lines elsewhere, nothing when quiet.

A quick scan shows nothing. All of them are called with (stage, done, total) as the pipeline's `Progress`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from casemate.cli.errors import say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

NOUNS = {
    "reading": "files",
    "following": "functions",
    "proving": "findings",
    "fixing": "proofs",
    "joining": "patches",
    "looking": "files and folders",
    "relating": "files and folders",
    "cutting": "rounds at most",
    "evaluating": "cases",
    "attacking": "attempts",
}  # of the pipeline's stages
PAUSE_BEFORE_BAR = 0.4  # seconds
PAUSE_BETWEEN_UPDATES = 0.05
PAUSE_BETWEEN_LINES = 2.0


class Display(Protocol):
    """Something that shows progress while it is open."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` steps of a stage are done; total is 0 when not known yet."""


def display(*, quiet: bool, terminal: bool) -> Display:
    """The display that fits where standard error leads."""
    return Nothing() if quiet else Bar() if terminal else Lines()


class Nothing:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Nothing to show."""


class Lines(Nothing):
    """A plain line now and then. monotonic: seconds. write: takes a line."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, write: Callable[[str], None] = say) -> None:
        self._monotonic = monotonic
        self._write = write
        self._last = monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """A line when the last one, or the start, is long enough ago."""
        now = self._monotonic()
        if now - self._last >= PAUSE_BETWEEN_LINES:
            self._last = now
            self._write(describe(stage, done, total))


class Bar(Nothing):
    """A bar that is gone when the scan ends, and never appears when that is soon."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._next = monotonic() + PAUSE_BEFORE_BAR
        self._progress: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Move the bar of the stage, and make it when it is not there yet."""
        now = self._monotonic()
        if now < self._next:
            return
        self._next = now + PAUSE_BETWEEN_UPDATES
        if self._progress is None:
            self._progress = _rich_progress()
            self._progress.start()
        if stage not in self._tasks:
            for task in self._tasks.values():
                self._progress.update(task, visible=False)
            self._tasks[stage] = self._progress.add_task("")
        self._progress.update(
            self._tasks[stage], description=describe(stage, done, total), completed=done, total=total or None
        )


def describe(stage: str, done: int, total: int) -> str:
    """`reading: 120 of 900 files`."""
    return f"{stage}: {done:,} of {total:,} {NOUNS[stage]}" if total else f"{stage}: {done:,} {NOUNS[stage]}"


def _rich_progress() -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
