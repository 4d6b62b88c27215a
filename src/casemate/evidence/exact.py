"""Values of a bundle's manifest: exactly of their type, and what they look like. Whoever made the bundle is not believed."""

from __future__ import annotations

import re
from typing import Final, TypeVar

_HASH: Final = re.compile(r"[0-9a-f]{64}")

Value = TypeVar("Value")


class Invalid(ValueError):
    """A bundle that is not as it must be, and why."""


def path(value: object) -> str:
    """A path below the target, which a reader may join to where the target is. Raises Invalid."""
    found = text(value)
    if not found or found.startswith("/") or "\0" in found or not {"", ".", ".."}.isdisjoint(found.split("/")):
        raise Invalid(f"it names {found!r}, which is no path below a target")
    return found


def sha256(value: object) -> str:
    """A digest in hex. Raises Invalid."""
    found = text(value)
    if not _HASH.fullmatch(found):
        raise Invalid(f"{found[:80]!r} is no hash")
    return found


def text(value: object) -> str:
    """A text. Raises TypeError."""
    return _typed(str, value)


def number(value: object) -> int:
    """A whole number. Raises TypeError."""
    return _typed(int, value)


def _typed(kind: type[Value], value: object) -> Value:
    """The value when it is exactly of that type (JSON's true is no integer)."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected: {value!r}")
    return value
