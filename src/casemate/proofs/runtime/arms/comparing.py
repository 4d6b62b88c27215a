"""A text that tells when it is compared in a time that depends on it: `compared.eq`, with the function and the other side.

`hmac.compare_digest` compares it without that. Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..watch import Watch

_WATCH: list[Watch] = []


def arm(watch: Watch) -> None:
    """Know whom to tell."""
    _WATCH[:] = [watch]


def _tell(function: str, this: Any, other: Any) -> None:
    if _WATCH and isinstance(other, (str, bytes)) and len(other) > 3 and type(this) is not type(other):
        _WATCH[0].record(
            "compared.eq", (function, str.__str__(this) if isinstance(this, str) else bytes(this)), always=True
        )


class Bytes(bytes):
    """The same, as bytes."""

    def __eq__(self, other: object) -> bool:
        _tell("==", self, other)
        return bytes.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        _tell("!=", self, other)
        return bytes.__ne__(self, other)

    __hash__ = bytes.__hash__


class Text(str):
    """A text that tells."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        _tell("==", self, other)
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        _tell("!=", self, other)
        return str.__ne__(self, other)

    __hash__ = str.__hash__

    def encode(self, *args: Any, **named: Any) -> bytes:
        """The bytes, which tell as well."""
        return Bytes(str.encode(self, *args, **named))

    def strip(self, *args: Any) -> str:
        """Without what stands around it."""
        return Text(str.strip(self, *args))
