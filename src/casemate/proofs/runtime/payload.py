"""Makes the value that carries a canary. Standard library only, Python 3.7 and later."""

from __future__ import annotations

import base64
import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def fill(words: dict[str, str]) -> Callable[[str], str]:
    """Puts the words of a run in the place of their names."""

    def filled(text: str) -> str:
        for name, word in words.items():
            text = text.replace(f"{{{name}}}", word)
        return text

    return filled


def make(payload: dict[str, Any], filled: Callable[[str], str]) -> str | bytes:
    """The value. Raises ValueError for a kind that is not known."""
    if "text" in payload:
        text = filled(payload["text"])
        for _ in range(payload.get("quoted", 0)):  # as a part of a URL, once or more
            text = importlib.import_module("urllib.parse").quote(text, safe="")
        return text
    if "latin1" in payload:
        return filled(payload["latin1"]).encode("latin-1")
    if "base64" in payload:
        return base64.b64encode(filled(payload["base64"]).encode("latin-1")).decode("ascii")
    archives = importlib.import_module(__package__ + ".archives")  # rarely wanted, and slow to import
    made: str | bytes = archives.make(payload, filled)
    return made
