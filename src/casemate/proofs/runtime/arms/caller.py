"""Who calls what an arm has wrapped. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch

_LIBRARY = os.path.dirname(os.path.realpath(os.__file__)) + os.sep
_HERE = os.path.dirname(os.path.abspath(__file__))
_APART = os.sep + "site-packages" + os.sep


class Few:
    """Lets the first so many of each run through, so that one loop does not hide everything else."""

    def __init__(self, watch: Watch, most: int = 60) -> None:
        self.watch, self._most = watch, most
        self._run, self._count = "", 0

    def record(self, name: str, args: Any) -> None:
        """Note an event, also when no word is in it."""
        if self._run != self.watch.canary:
            self._run, self._count = self.watch.canary, 0
        self._count += 1
        if self._count <= self._most:
            self.watch.record(name, args, always=True)


def file(depth: int = 2) -> str:
    """The file of the code that called the wrapped function. depth: frames between."""
    frame: Any = sys._getframe(depth)
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return "" if frame is None else str(frame.f_code.co_filename)


def is_standard(path: str) -> bool:
    """Whether it is a file of the standard library, which has reasons of its own."""
    return (path.startswith(_LIBRARY) and _APART not in path) or path.startswith("<frozen")
