"""Records what the target does with the canary or its harmless twin: audit events (PEP 578), and what arms tell.

An event is kept when a text among its arguments holds one of the two words; with it goes the stack, so that a judge can see
whether it passed the finding's line. Recording is not confinement: the sandbox confines. Standard library only, Python
3.7 and later; before 3.8 there are no audit hooks, and `legacy` wraps what matters most.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # `typing` costs a tenth of an interpreter's start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MOST = 400  # events of one run
_LONG = 8192  # characters of one text
_WIDE = 64  # parts of one list
_DEEP = 60  # frames of a stack that are told
_OWN = os.path.dirname(os.path.abspath(__file__))
_NEVER = frozenset(
    {"object.__getattr__", "object.__setattr__", "sys._getframe", "marshal.loads", "code.__new__", "exec"}
)


class Place:
    """Consecutive lines of a file, by its real path."""

    def __init__(self, path: str, first: int, last: int) -> None:
        self.path, self.first, self.last = path, first, last

    def holds(self, path: str, line: int) -> bool:
        """Whether that line is one of these."""
        return self.first <= line <= self.last and path == self.path


class Watch:
    """What happened since `begin`. root: real path of the target."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.canary = self.calm = self.folder = self.file = ""
        # A real path that counts as the canary's folder, and whether only by a path that still has dots (`nearby.py`).
        self.planted: tuple[str, bool] = ("", False)
        self.events: list[dict[str, Any]] = []
        self.endings: list[Callable[[], None]] = []
        self._sink: Place | None = None
        self._armed = False
        self._busy = False
        self._paths: dict[str, str] = {}
        if hasattr(sys, "addaudithook"):
            sys.addaudithook(self._hook)
        else:
            from .legacy import wrap

            wrap(self.record)

    def begin(self, canary: str, calm: str, folder: str, sink: Place) -> None:
        """Record from now on. sink: where the finding's sink is called."""
        self.canary, self.calm, self.folder = canary, calm, folder
        self.file = os.path.join(folder, canary + ".txt")
        self.events, self._sink = [], sink
        self._armed = True

    def end(self) -> None:
        """Record no more, but what arms still have to tell of the whole run."""
        for act in self.endings:
            try:
                act()
            except Exception:  # what is looked at is the target's, and may be odd
                pass
        self._armed = False

    def record(self, name: str, args: Any, always: bool = False) -> None:
        """Note an event. always: also when neither word is in it."""
        if not self._armed or self._busy or len(self.events) >= MOST:
            return
        self._busy = True
        try:
            texts = [_plain(arg, 0) for arg in args]
            if always or self.carries(texts):
                stack, at_sink = self._stack()
                self.events.append({"name": name, "args": texts, "at_sink": at_sink, "stack": stack})
        except Exception:  # an oddity of the target's objects is no reason to disturb it
            pass
        finally:
            self._busy = False

    def carries(self, value: Any) -> bool:
        """Whether one of the words is in a text, or in a text of lists."""
        if isinstance(value, str):
            return self.canary in value or self.calm in value
        return isinstance(value, list) and any(self.carries(part) for part in value)

    def _hook(self, name: str, args: tuple[Any, ...]) -> None:
        if self._armed and not self._busy and name not in _NEVER:
            self.record(name, args[:3])  # what follows is the environment of a process, or flags

    def _stack(self) -> tuple[list[str], bool]:
        told: list[str] = []
        at_sink = False
        frame = sys._getframe(2)
        while frame is not None:
            path = self.real(frame.f_code.co_filename)
            if path is not None:
                if self._sink is not None and self._sink.holds(path, frame.f_lineno):
                    at_sink = True
                if len(told) < _DEEP and path.startswith(self.root + "/"):
                    told.append(f"{path[len(self.root) + 1 :]}:{frame.f_lineno} {frame.f_code.co_name}")
                elif len(told) < _DEEP and not path.startswith(_OWN):
                    told.append(f"{os.path.basename(path)} {frame.f_code.co_name}")
            frame = frame.f_back  # type: ignore[assignment]
        return told, at_sink

    def real(self, name: str) -> str | None:
        """The real path of a file of code; None for what is no file."""
        found = self._paths.get(name)
        if found is None:
            found = "" if name.startswith("<") else os.path.realpath(name)
            self._paths[name] = found
        return found or None


def _plain(value: Any, depth: int) -> Any:
    """A value as JSON can hold it. Runs nothing of the target's: only exact types are looked into."""
    kind = type(value)
    if kind is str:
        return value[:_LONG]
    if kind in (bytes, bytearray):
        return bytes(value[:_LONG]).decode("utf-8", "backslashreplace")
    if kind in (int, bool, type(None)):
        return value
    if kind is float:
        return value if abs(value) < 1e300 else str(value)  # JSON knows neither infinity nor what is no number
    if kind in (list, tuple) and depth < 3:
        return [_plain(part, depth + 1) for part in value[:_WIDE]]
    if isinstance(value, str):
        return str.__str__(value)[:_LONG]
    if isinstance(value, os.PathLike) and kind.__module__.startswith("pathlib"):
        return os.fspath(value)[:_LONG]
    return f"<{kind.__name__}>"
