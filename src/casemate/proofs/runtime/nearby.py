"""Puts the canary file where only this target's paths tell: beside a folder, or above it.

Where that is, is learned first, by driving the harmless word. `sibling`: the finding's line holds a path against the first
characters of a folder; a folder whose name begins alike is made beside that. `above`: the word is one part of a path and others
follow, so that two dots, which are a part without a slash, lead to a file of that name one folder up. It is made there when
nothing is, and counts only where the program has not worked the path out: one that has may have held it against a folder further
up. What was made is taken away again. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import os
import shutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .probe import Probe
    from .watch import Watch


def drive(
    payload: dict[str, Any],
    filled: Callable[[str], str],
    once: Callable[[Any], dict[str, Any]],
    watch: Watch,
    probe: Probe,
) -> dict[str, Any]:
    """What the value showed once the file was in its place; that there is no such place."""
    told = once(filled("{calm}"))
    if told.get("broken"):
        return told
    made = _Made(watch)
    place = (made.sibling if payload["nearby"] == "sibling" else made.above)(probe.texts)
    probe.forget()
    watch.events = []
    try:
        if place is None:
            return dict(told, broken="no place is known where the canary file could lie")
        return once(filled(payload["text"].replace("{way}", place)))
    finally:
        made.away()


class _Made:
    """What is made for one run."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._top = ""

    def sibling(self, texts: dict[str, str]) -> str | None:
        """Make a folder beside the one that the finding's line names; the way to it from where the harmless word led."""
        canary = self._watch.canary
        for key, folder in sorted(texts.items()):
            if ".startswith " not in key or self._watch.calm in folder or folder == "/" or not os.path.isabs(folder):
                continue
            if os.path.normpath(folder) != folder or not self._make(f"{folder}{canary}/{canary}.txt"):
                continue  # one that ends in a separator has no sibling that begins alike
            with open(f"{folder}{canary}/{canary}.txt", "w") as file:
                file.write(f"content of {canary}\n")
            self._watch.planted = os.path.realpath(folder + canary), False
            return os.path.relpath(folder + canary, next((top for top, _ in self._ways()), folder))
        return None

    def above(self, _texts: dict[str, str]) -> str | None:
        """Make the file that two dots lead to in place of the harmless word; the way."""
        for top, rest in self._ways():
            path = os.path.join(os.path.dirname(os.path.realpath(top)), rest)
            if rest and not os.path.lexists(path) and self._make(path):
                with open(path, "w") as file:
                    file.write("a file above\n")  # of which nothing need come out: that it was opened is what counts
                self._watch.planted = os.path.realpath(path), True
                return ".."
        return None

    def _ways(self) -> list[tuple[str, str]]:
        """Folders that the harmless word was joined to on the way to the finding's line, and what followed it."""
        found = []
        for event in self._watch.events:
            for text in event["args"] if event["at_sink"] else ():
                parts = text.split("/") if isinstance(text, str) else []
                if self._watch.calm in parts:
                    at = parts.index(self._watch.calm)
                    found.append((os.path.abspath("/".join(parts[:at])), "/".join(parts[at + 1 :])))
        return found

    def _make(self, path: str) -> bool:
        """Make the folder of a file; whether that could be done."""
        folder = os.path.dirname(path)
        top = path
        while not os.path.lexists(os.path.dirname(top)):
            top = os.path.dirname(top)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError:
            return False
        self._top = top
        return os.access(folder, os.W_OK)

    def away(self) -> None:
        """Take away what was made."""
        self._watch.planted = "", False
        if os.path.isdir(self._top):
            shutil.rmtree(self._top, ignore_errors=True)
        elif self._top and os.path.lexists(self._top):
            os.remove(self._top)
